import * as z from "zod";
import type { Tier } from "../objectives";
import { durationText } from "../strategy/wording";
import { measuredRate } from "./measured-restore";
import type { RestoreMeasurement } from "./measurement";

/** Two ways to bring a Chroma server back: its export, record by record, or a snapshot of its volume. */
export type RestorePath = "export" | "volume";

export interface RestoreQuestion {
  readonly records: number;
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
  const { records, recordsPerSecond, beforeSeconds } = question;
  const seconds = exportRestoreSeconds(question);
  const sum = `${durationText(beforeSeconds)} before the first record + ${records} records at ${Math.round(recordsPerSecond)} a second = ${durationText(seconds)}`;
  return seconds <= rtoSeconds
    ? { path: "export", reason: `${sum}, within the RTO of ${durationText(rtoSeconds)}` }
    : { path: "volume", reason: `${sum}, longer than the RTO of ${durationText(rtoSeconds)}` };
};

/** What the estimate of a restore goes by, as `prod` was deployed. */
export const RestoreSettings = z.object({
  tier: z.string(),
  rtoSeconds: z.number().positive(),
  /** Longest time from a disaster until an alarm tells people. */
  alarmSeconds: z.number().nonnegative(),
  /** What the recovery region's cluster adds; 0 where it is somebody else's. */
  clusterSeconds: z.number().nonnegative(),
  /** The configured rate: it stands in until a recovery has measured one. */
  assumedRecordsPerSecond: z.number().positive(),
  /** Whether the volume has snapshots; `elsewhere`: it is not Lifeboat's, and who runs it would take them. */
  volumeSnapshots: z.enum(["on", "off", "elsewhere"]),
});
export type RestoreSettings = z.infer<typeof RestoreSettings>;

/** How long Chroma takes to come back from an export, against its objective. */
export const RestoreOutlook = z.object({
  pointId: z.string(),
  records: z.int().nonnegative(),
  recordsPerSecond: z.number().positive(),
  /** The recovery that measured the rate; null where none has yet and the configured one stands in. */
  measuredBy: z.object({ recoveryId: z.string(), measuredAt: z.iso.datetime(), records: z.int().positive() }).nullable(),
  beforeSeconds: z.number().nonnegative(),
  expectedSeconds: z.number().nonnegative(),
  tier: z.string(),
  rtoSeconds: z.number().positive(),
  meetsRto: z.boolean(),
  volumeSnapshots: RestoreSettings.shape.volumeSnapshots,
  /** The sum, as one sentence, and where its rate is from. */
  reason: z.string(),
  rate: z.string(),
});
export type RestoreOutlook = z.infer<typeof RestoreOutlook>;

/** The newest export, at the newest measured rate, or at the configured one while there is none. */
export const restoreOutlook = (
  settings: RestoreSettings,
  { pointId, records }: { readonly pointId: string; readonly records: number },
  measurement: RestoreMeasurement | undefined,
): RestoreOutlook => {
  const { tier, rtoSeconds, volumeSnapshots, assumedRecordsPerSecond } = settings;
  const rate = measurement === undefined ? undefined : measuredRate(measurement.measured);
  const recordsPerSecond = rate ?? assumedRecordsPerSecond;
  const beforeSeconds = settings.alarmSeconds + Math.max(settings.clusterSeconds, measurement?.measured.beforeFirstRecordSeconds ?? 0);
  const question = { records, recordsPerSecond, beforeSeconds };
  const { path, reason } = restorePath(question, { rtoSeconds });
  return {
    ...{ pointId, records, recordsPerSecond, beforeSeconds, tier, rtoSeconds, volumeSnapshots, reason },
    measuredBy: measurement === undefined || rate === undefined ? null : measuredBy(measurement),
    expectedSeconds: exportRestoreSeconds(question),
    meetsRto: path === "export",
    rate: rateText(recordsPerSecond, rate === undefined ? undefined : measurement),
  };
};

const measuredBy = ({ recoveryId, measuredAt, measured }: RestoreMeasurement) => ({
  recoveryId,
  measuredAt,
  records: measured.added.records,
});

/** Which of the two a rate is, for a person. */
const rateText = (recordsPerSecond: number, measurement: RestoreMeasurement | undefined): string => {
  const rate = `${Math.round(recordsPerSecond)} records/s`;
  if (measurement === undefined) return `assumed: ${rate}, by chroma.restoreRecordsPerSecond; no recovery has measured it yet`;
  const { recoveryId, measuredAt, measured } = measurement;
  return `measured by recovery ${recoveryId} on ${measuredAt.slice(0, 10)}, with ${measured.added.records} records: ${rate}`;
};

/** What to do where an export is too slow. */
export const fasterRestoreHint = (volumeSnapshots: RestoreSettings["volumeSnapshots"]): string =>
  volumeSnapshots === "elsewhere"
    ? "give it a tier with more time; or have its volume's snapshots taken where it is run, and say so by an exclusion of kind restore-time"
    : "set chroma.volumeSnapshots, or a tier with more time";
