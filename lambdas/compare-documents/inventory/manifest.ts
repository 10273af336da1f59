import { createHash } from "node:crypto";
import * as z from "zod";
import { inventoryFolder, reportTimeOf } from "../../../recovery/objects/inventory";
import { readJson } from "../../shared/json";
import { getText, type ObjectStore } from "../../shared/objects";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html#storage-inventory-location-manifest */
const Manifest = z.object({
  sourceBucket: z.string(),
  fileFormat: z.literal("CSV"),
  fileSchema: z.string(),
  /** Milliseconds: when S3 began to look at the bucket. */
  creationTimestamp: z.string().regex(/^\d+$/),
  files: z.array(z.object({ key: z.string(), size: z.int().nonnegative(), MD5checksum: z.string() })),
});

export interface ReportFile {
  readonly key: string;
  readonly sizeBytes: number;
  readonly md5: string;
}

/** A whole report on one bucket. */
export interface InventoryReport {
  readonly key: string;
  readonly sourceBucket: string;
  readonly takenAt: Date;
  /** Names of the columns, in their order. */
  readonly columns: readonly string[];
  readonly files: readonly ReportFile[];
}

/** The newest report on a bucket whose manifest is as its checksum says; undefined when there is none. S3 writes both last. */
export const newestReport = async (reports: ObjectStore, sourceBucket: string): Promise<InventoryReport | undefined> => {
  const folder = inventoryFolder(sourceBucket);
  const keys: string[] = [];
  for await (const page of reports.list(folder))
    keys.push(...page.map(({ key }) => key).filter((key) => reportTimeOf(folder, key) !== undefined));
  for (const key of keys.sort().reverse()) {
    const report = await readReport(reports, key, sourceBucket);
    if (report !== undefined) return report;
  }
  return undefined;
};

const readReport = async (reports: ObjectStore, key: string, sourceBucket: string): Promise<InventoryReport | undefined> => {
  const text = await getText(reports, key);
  const checksum = await getText(reports, key.replace(/\.json$/, ".checksum"));
  if (text === undefined || checksum?.trim() !== createHash("md5").update(text).digest("hex")) return undefined;
  const manifest = readJson(Manifest, text).value;
  if (manifest === undefined || manifest.sourceBucket !== sourceBucket) return undefined;
  return {
    key,
    sourceBucket,
    takenAt: new Date(Number(manifest.creationTimestamp)),
    columns: manifest.fileSchema.split(",").map((column) => column.trim()),
    files: manifest.files.map(({ key: fileKey, size, MD5checksum }) => ({ key: fileKey, sizeBytes: size, md5: MD5checksum })),
  };
};
