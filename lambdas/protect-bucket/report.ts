import * as z from "zod";
import { FAILED_LISTED, type FailedObject } from "../../recovery/existing/backfill";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import { reportManifestKey } from "./jobs";

const Manifest = z.object({ Results: z.array(z.object({ TaskExecutionStatus: z.string(), Key: z.string() })) });

export interface ReadReport {
  /** undefined when there is none, or not yet. */
  readonly manifestKey?: string;
  /** The first of those that could not be replicated. */
  readonly failed: readonly FailedObject[];
}

/** What a job's completion report says of the objects that could not be replicated. https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html */
export const readReport = async (reports: ObjectStore, jobId: string): Promise<ReadReport> => {
  const manifestKey = reportManifestKey(jobId);
  const text = await getText(reports, manifestKey);
  const manifest = text === undefined ? undefined : readJson(Manifest, text).value;
  if (manifest === undefined) return { failed: [] };
  const failed: FailedObject[] = [];
  for (const { Key } of manifest.Results.filter(({ TaskExecutionStatus }) => TaskExecutionStatus === "failed")) {
    if (failed.length >= FAILED_LISTED) break;
    failed.push(...failedIn((await getText(reports, Key)) ?? ""));
  }
  return { manifestKey, failed: failed.slice(0, FAILED_LISTED) };
};

/** Keys stay as the report writes them. Its schema names the code before the HTTP status, its examples have them the other way round. */
const failedIn = (csv: string): readonly FailedObject[] =>
  rowsOf(csv).map(([, key = "", versionId = "", , third = "", fourth = "", message = ""]) => ({
    key,
    versionId,
    code: /^\d*$/.test(third) ? fourth : third,
    message,
  }));

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n|$)/gy;

const rowsOf = (csv: string): readonly (readonly string[])[] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [whole, quoted, plain = "", end] of csv.matchAll(FIELD)) {
    if (whole === "" && row.length === 0) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
};
