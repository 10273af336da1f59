import type { DocumentsLeft, DocumentsReading } from "../../../recovery/catalogue/reading";
import { slotOf } from "../../../recovery/catalogue/rotation";
import { LifeboatError } from "../../../recovery/errors";
import type { Deadline } from "../../shared/deadline";
import { type Log, reasonOf } from "../../shared/log";
import type { ObjectStore } from "../../shared/objects";
import { type ExamineTools, examineDocument } from "./examine";

export interface DocumentTools extends ExamineTools {
  /** The bucket of the locked copies, listed page by page. */
  readonly listed: Pick<ObjectStore, "list">;
  readonly deadline: Deadline;
  readonly log: Log;
  readonly refused: () => Promise<void>;
}

export interface DocumentsDue {
  /** In how many runs everything is read. */
  readonly runs: number;
  readonly slots: readonly number[];
  readonly tick: number;
  /** What earlier runs did not come to. */
  readonly left: readonly DocumentsLeft[];
}

/** How many faulty and unread documents a reading names; the log has them all. */
const NAMED = 100;

/**
 * Reads the locked copies of the slots that are due, first those that earlier runs left. A slot is read by one listing of the whole bucket, 1,000 keys a
 * request, so that nothing has to be kept of millions of documents; where the time is over, the key is kept that the next run goes on behind.
 */
export const rotateDocuments = async (tools: DocumentTools, { runs, slots, tick, left }: DocumentsDue): Promise<DocumentsReading> => {
  const reading: DocumentsReading = {
    ...{ read: 0, bytes: 0, confirmedBy: { sha256: 0, crc32: 0, replica: 0, nothing: 0 }, faults: 0 },
    ...{ faulty: [], unread: [], left: [] },
  };
  const own = slots.filter((slot) => !left.some((each) => each.after === "" && each.slots.includes(slot)));
  const passes = [...left, ...(own.length === 0 ? [] : [{ slots: own, after: "", since: tick }])];
  for (const [index, pass] of passes.entries()) {
    const after = await readPass(tools, runs, pass, reading).catch((error: unknown) => {
      // What the run read of points must be written all the same.
      tools.log.warn("the locked documents could not be listed", { reason: reasonOf(error) });
      return pass.after;
    });
    if (after === undefined) continue;
    reading.left.push({ ...pass, after }, ...passes.slice(index + 1));
    break;
  }
  return reading;
};

/** One listing. Resolves to the key that was read last when the time was over, and to undefined at the end. */
const readPass = async (
  tools: DocumentTools,
  runs: number,
  { slots, after }: DocumentsLeft,
  reading: DocumentsReading,
): Promise<string | undefined> => {
  const due = new Set(slots);
  let last = after;
  for await (const page of tools.listed.list("", after === "" ? undefined : after))
    for (const { key } of page) {
      if (!due.has(slotOf(key, runs))) continue;
      try {
        tools.deadline(() => `${reading.read} documents read`);
        await readOne(tools, key, reading);
      } catch (error) {
        if (error instanceof LifeboatError && error.code === "interrupted") return last;
        // One that cannot be read must not keep those behind it from being read: the next rotation comes to it again.
        tools.log.warn("a document could not be read now", { key, reason: reasonOf(error) });
        if (reading.unread.length < NAMED) reading.unread.push({ key, reason: reasonOf(error) });
      }
      last = key;
    }
  return undefined;
};

const readOne = async (tools: DocumentTools, key: string, reading: DocumentsReading): Promise<void> => {
  const examined = await examineDocument(tools, key);
  if (examined === undefined) return;
  reading.read += 1;
  reading.bytes += examined.sizeBytes;
  if (examined.fault === undefined) {
    reading.confirmedBy[examined.confirmedBy] += 1;
    return;
  }
  reading.faults += 1;
  if (reading.faulty.length < NAMED) reading.faulty.push({ key, reason: examined.fault });
  tools.log.error("a locked document did not read back", { key, reason: examined.fault });
  await tools.refused();
};
