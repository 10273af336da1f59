import { formatSeconds } from "../duration";
import type { Tier } from "../objectives";

/** Two ways to bring a Chroma server back: its export, record by record, or a snapshot of its volume. */
export type RestorePath = "export" | "volume";

export interface RestoreQuestion {
  readonly records: number;
  /** As measured: by the last recovery, or the benchmark's figure. */
  readonly recordsPerSecond: number;
  /** What goes by before the first record: alarm, cluster, server. Seconds. */
  readonly beforeSeconds: number;
}

/** Seconds from the disaster until every record is restored from an export. */
export const exportRestoreSeconds = ({ records, recordsPerSecond, beforeSeconds }: RestoreQuestion): number =>
  beforeSeconds + records / recordsPerSecond;

/** The way to choose, with its reason. An export is preferred where there is time: it was read back, and is checked record by record. */
export const restorePath = (
  question: RestoreQuestion,
  { rtoSeconds }: Pick<Tier, "rtoSeconds">,
): { readonly path: RestorePath; readonly reason: string } => {
  const seconds = exportRestoreSeconds(question);
  const sum = `${formatSeconds(Math.round(question.beforeSeconds))} before the first record + ${question.records} records at ${Math.round(question.recordsPerSecond)} a second = ${formatSeconds(Math.round(seconds))}`;
  return seconds <= rtoSeconds
    ? { path: "export", reason: `${sum}, within the RTO of ${formatSeconds(rtoSeconds)}` }
    : { path: "volume", reason: `${sum}, longer than the RTO of ${formatSeconds(rtoSeconds)}` };
};

/** What a recovery measured. */
export interface MeasuredRestore {
  readonly records: number;
  readonly startedAt: string;
  readonly verifiedAt: string;
}

/** Too few records measure the calls and not the server. */
const LEAST_RECORDS = 10_000;

/** Records a second of a finished restore, its verification included; undefined when it was too small to tell. */
export const measuredRate = ({ records, startedAt, verifiedAt }: MeasuredRestore): number | undefined => {
  const seconds = (Date.parse(verifiedAt) - Date.parse(startedAt)) / 1000;
  return records >= LEAST_RECORDS && seconds > 0 ? records / seconds : undefined;
};
