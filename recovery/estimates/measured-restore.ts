import * as z from "zod";

const Seconds = z.number().nonnegative();
const Count = z.int().nonnegative();

/** What one import of Chroma measured of the server that it filled. */
export const MeasuredRestore = z.object({
  /** What the call that completed the restore gave to the server, and how long that took, the reading of the parts included. Bytes of the records, uncompressed. */
  added: z.object({ records: Count, bytes: Count, seconds: Seconds }),
  /** What it read back, with the comparison. */
  readBack: z.object({ records: Count, seconds: Seconds }),
  /** From the plan until the first record was given: cluster, server, network. Absent where an earlier call gave it. */
  beforeFirstRecordSeconds: Seconds.optional(),
  /** What the server says: "1.0.0" whatever its release (measured with 1.5.9). */
  serverVersion: z.string(),
});
export type MeasuredRestore = z.infer<typeof MeasuredRestore>;

/** Records a second from the first record until all were read back; undefined where there was nothing to measure. */
export const measuredRate = ({ added, readBack }: Pick<MeasuredRestore, "added" | "readBack">): number | undefined => {
  if (added.records === 0 || readBack.records === 0) return undefined;
  // A call that went on from another's work added less than it read back: each has a pace of its own.
  const secondsPerRecord = added.seconds / added.records + readBack.seconds / readBack.records;
  return secondsPerRecord > 0 ? 1 / secondsPerRecord : undefined;
};

/** Fewer records measure the calls and not the server. */
const ENOUGH_RECORDS = 10_000;

/** Whether a measurement speaks for a restore of so many records: it was of many, or of a store of this size. */
export const speaksFor = (measured: MeasuredRestore, records: number): boolean =>
  measuredRate(measured) !== undefined && measured.added.records >= Math.min(ENOUGH_RECORDS, records / 2);
