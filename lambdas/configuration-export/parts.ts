import type { ExportPart } from "../../recovery/catalogue/export";
import { IV_BYTES, sealRecord } from "../../recovery/configuration/envelope";
import { countByKind } from "../../recovery/configuration/kubernetes/object";
import { configurationPartKey, type RecordsContent } from "../../recovery/configuration/manifest";
import type { DataKey } from "../configuration/data-keys";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import { putOnce } from "../shared/put-once";
import type { FileSource, Listed, ObjectSource, RecordSource } from "./source";

/** A part is written when it has grown to this: what is held in memory, with one record: 64 KiB of a secret, 1.5 MiB of an object of Kubernetes. */
const PART_BYTES = 4 * 1024 * 1024;

export interface PartTools {
  readonly staging: ObjectStore;
  readonly random: (bytes: number) => Uint8Array;
  readonly deadline: Deadline;
}

/** Seals every record by itself, and writes them as lines of parts. Memory is bounded by one part. */
export const writeRecords = async (
  { staging, random, deadline }: PartTools,
  source: RecordSource | ObjectSource,
  listed: readonly Listed[],
  { pointId, dataKey }: { readonly pointId: string; readonly dataKey: DataKey },
): Promise<{ readonly parts: readonly ExportPart[]; readonly content: RecordsContent }> => {
  const parts: ExportPart[] = [];
  let lines: string[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const body = Buffer.from(lines.join(""));
    const key = configurationPartKey(pointId, "records", parts.length, ".jsonl");
    const { sha256 } = await putOnce(staging, key, body, { contentType: "application/x-ndjson" });
    parts.push({ key, sizeBytes: body.byteLength, sha256 });
    lines = [];
    bytes = 0;
  };
  for (const [index, one] of listed.entries()) {
    deadline(() => `${index} of ${listed.length} records of ${source.subject} sealed`);
    const record = await source.read(one);
    const place = { pointId, kind: source.kind, name: one.name };
    const line = `${JSON.stringify(sealRecord(dataKey.plaintext, place, random(IV_BYTES), JSON.stringify(record)))}\n`;
    lines.push(line);
    bytes += line.length;
    if (bytes >= PART_BYTES) await flush();
  }
  await flush();
  const records = listed.map(({ name, versions }) => ({ name, versions: [...versions] }));
  const common = { region: source.region, envelope: dataKey.envelope, records };
  if (source.kind !== "objects") return { parts, content: { kind: source.kind, ...common } };
  return { parts, content: { kind: source.kind, ...common, ...source.about(), kinds: countByKind(records.map(({ name }) => name)) } };
};

/** Copies every file into a part of its own. Memory is bounded by one file. */
export const writeFiles = async ({ staging, deadline }: PartTools, source: FileSource, listed: readonly Listed[], pointId: string) => {
  const parts: ExportPart[] = [];
  const files: { key: string; versionId: string; part: string }[] = [];
  for (const [index, one] of listed.entries()) {
    deadline(() => `${index} of ${listed.length} files of ${source.subject} copied`);
    const bytes = await source.read(one);
    const key = configurationPartKey(pointId, "file", index);
    const { sha256 } = await putOnce(staging, key, bytes, { contentType: "application/octet-stream" });
    parts.push({ key, sizeBytes: bytes.byteLength, sha256 });
    files.push({ key: one.name, versionId: one.versions[0]?.id ?? "null", part: key });
  }
  return { parts, content: { kind: "files" as const, bucket: source.bucket, files } };
};
