import { createHash } from "node:crypto";
import { bucketOf, type Job } from "./job";
import type { Version } from "./surroundings";

/** One line of a completion report. */
export interface TaskLine {
  readonly version: Version;
  readonly failure?: string;
}

interface ReportFile {
  readonly key: string;
  readonly body: string;
}

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Keys are URL-encoded in reports, as in manifests. https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html */
const lineOf = (bucket: string, { version, failure }: TaskLine): string =>
  [
    bucket,
    encodeURIComponent(version.key).replaceAll("%2F", "/"),
    version.versionId,
    failure === undefined ? "succeeded" : "failed",
    ...(failure === undefined ? ["", "200", "Successful"] : ["ReplicationFailed", "500", failure]),
  ]
    .map(quoted)
    .join(",");

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** The files of a job's completion report, its manifest last: who sees it finds the rest. */
export const reportFiles = (job: Job, source: string, lines: readonly TaskLine[], now: Date): readonly ReportFile[] => {
  const { Prefix, Bucket = "", ReportScope } = job.request.Report;
  const folder = `${Prefix === undefined ? "" : `${Prefix}/`}job-${job.id}`;
  const parts = (["succeeded", "failed"] as const)
    .filter((outcome) => outcome === "failed" || ReportScope === "AllTasks")
    .map((outcome) => ({ outcome, lines: lines.filter(({ failure }) => (failure === undefined) === (outcome === "succeeded")) }))
    .filter((part) => part.lines.length > 0)
    .map((part) => ({ outcome: part.outcome, body: `${part.lines.map((line) => lineOf(source, line)).join("\n")}\n` }))
    .map((part) => ({ ...part, key: `${folder}/results/${md5(`${job.id} ${part.outcome}`)}.csv` }));
  const manifest = {
    Format: "Report_CSV_20180820",
    ReportCreationDate: now.toISOString(),
    Results: parts.map(({ outcome, body, key }) => ({
      TaskExecutionStatus: outcome,
      Bucket: bucketOf(Bucket),
      MD5Checksum: md5(body),
      Key: key,
    })),
    ReportSchema: "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
  };
  return [...parts.map(({ key, body }) => ({ key, body })), { key: `${folder}/manifest.json`, body: JSON.stringify(manifest) }];
};
