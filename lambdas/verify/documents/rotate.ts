import type { DocumentsLeft, DocumentsReading, LargeDocument, UnreadDocument } from "../../../recovery/catalogue/reading";
import { slotOf } from "../../../recovery/catalogue/rotation";
import { isInterrupted } from "../../shared/course";
import type { Deadline } from "../../shared/deadline";
import { type Log, reasonOf } from "../../shared/log";
import type { ObjectStore } from "../../shared/objects";
import { type Examined, type ExamineTools, examineDocument } from "./examine";
import { LARGE_BYTES, readLarge } from "./large";

export interface DocumentTools extends ExamineTools {
  /** The bucket of the locked copies, listed page by page. */
  readonly listed: Pick<ObjectStore, "list">;
  readonly deadline: Deadline;
  readonly log: Log;
  readonly refused: () => Promise<void>;
  /** From which size on a document is read by ranges, and theirs. */
  readonly sizes?: { readonly largeBytes: number; readonly rangeBytes: number };
}

export interface DocumentsDue {
  /** In how many runs everything is read. */
  readonly runs: number;
  readonly slots: readonly number[];
  readonly tick: number;
  /** What earlier runs did not come to. */
  readonly left: readonly DocumentsLeft[];
  /** What earlier runs could not read, and what they read a part of. */
  readonly unread?: readonly UnreadDocument[];
  readonly large?: readonly LargeDocument[];
}

/** How many faulty documents a reading names; the log has them all. */
const NAMED = 100;

/** How many documents a reading carries to the next one, of those that could not be read and of large ones: the listing stops where it would be more. */
export const CARRIED = 500;

/**
 * Reads the locked copies of the slots that are due, first those that earlier runs left. A slot is read by one listing of the whole bucket, 1,000 keys a
 * request, so that nothing has to be kept of millions of documents; where the time is over, the key is kept that the next run goes on behind. Large
 * documents come after the others, by ranges and over as many runs as they take: none of them keeps the others from being read.
 */
export const rotateDocuments = async (tools: DocumentTools, due: DocumentsDue): Promise<DocumentsReading> => {
  const run = new Run(tools, due);
  await run.again();
  let { passes } = run;
  do {
    passes = await run.list(passes);
    await run.readLarge();
  } while (passes.length > 0 && run.hasTime && run.hasRoom);
  run.reading.left.push(...passes);
  return run.reading;
};

/** One run of the rotation over the documents. */
class Run {
  readonly reading: DocumentsReading;
  readonly passes: readonly DocumentsLeft[];
  hasTime = true;
  private isListable = true;
  private readonly carried: ReadonlySet<string>;

  constructor(
    private readonly tools: DocumentTools,
    private readonly due: DocumentsDue,
  ) {
    const { slots, left, tick, unread = [], large = [] } = due;
    const own = slots.filter((slot) => !left.some((each) => each.after === "" && each.slots.includes(slot)));
    this.passes = [...left, ...(own.length === 0 ? [] : [{ slots: own, after: "", since: tick }])];
    this.carried = new Set([...unread, ...large].map(({ key }) => key));
    this.reading = {
      ...{ read: 0, bytes: 0, confirmedBy: { sha256: 0, crc32: 0, replica: 0, nothing: 0 }, faults: 0 },
      ...{ faulty: [], unread: [], large: [...large], left: [] },
    };
  }

  get hasRoom(): boolean {
    return this.isListable && this.reading.unread.length < CARRIED && this.reading.large.length < CARRIED;
  }

  /** What earlier runs could not read. */
  async again(): Promise<void> {
    for (const document of this.due.unread ?? []) {
      if (this.hasTime && (await this.readOne(document.key, document.since))) continue;
      this.reading.unread.push(document);
    }
  }

  /** Reads what the listings show, for as long as there is time and room. Resolves to what is left of them. */
  async list(passes: readonly DocumentsLeft[]): Promise<readonly DocumentsLeft[]> {
    for (const [index, pass] of passes.entries()) {
      const after = this.hasTime && this.hasRoom ? await this.listOne(pass) : pass.after;
      if (after !== undefined) return [{ ...pass, after }, ...passes.slice(index + 1)];
    }
    return [];
  }

  /** Resolves to the key that was read last, and to undefined at the end. */
  private async listOne({ slots, after, since }: DocumentsLeft): Promise<string | undefined> {
    const { tools, due } = this;
    const wanted = new Set(slots);
    const { largeBytes } = tools.sizes ?? { largeBytes: LARGE_BYTES };
    let last = after;
    try {
      for await (const page of tools.listed.list("", after === "" ? undefined : after))
        for (const { key, sizeBytes } of page) {
          if (!wanted.has(slotOf(key, due.runs)) || this.carried.has(key)) continue;
          if (!this.hasRoom) return last;
          if (sizeBytes >= largeBytes) this.reading.large.push({ key, since });
          else if (!(await this.readOne(key, since))) return last;
          last = key;
        }
      return undefined;
    } catch (error) {
      // What the run read of points must be written all the same.
      tools.log.warn("the locked documents could not be listed", { reason: reasonOf(error) });
      this.isListable = false;
      return last;
    }
  }

  /** False when the time was over before it was read. */
  private async readOne(key: string, since: number): Promise<boolean> {
    const { tools, reading } = this;
    try {
      tools.deadline(() => `${reading.read} documents read`);
      await this.count(key, await examineDocument(tools, key));
    } catch (error) {
      if (isInterrupted(error)) {
        this.hasTime = false;
        return false;
      }
      // One that cannot be read must not keep those behind it from being read.
      this.unread(key, since, error);
    }
    return true;
  }

  private unread(key: string, since: number, error: unknown): void {
    this.tools.log.warn("a document could not be read now", { key, reason: reasonOf(error) });
    this.reading.unread.push({ key, reason: reasonOf(error), since });
  }

  /** Goes on with each large document; the one that the time stopped comes last in the next run. */
  async readLarge(): Promise<void> {
    const waiting = this.reading.large;
    this.reading.large = [];
    let stopped: LargeDocument | undefined;
    for (const document of waiting) {
      if (!this.hasTime) {
        this.reading.large.push(document);
        continue;
      }
      const { examined, reached, stopped: cause } = await readLarge(this.tools, document, this.tools.sizes?.rangeBytes);
      if (cause === undefined) await this.count(document.key, examined);
      else if (isInterrupted(cause)) {
        this.hasTime = false;
        stopped = { ...document, ...(reached === undefined ? {} : { reached }) };
      } else this.reading.large.push(this.failed({ ...document, ...(reached === undefined ? {} : { reached }) }, cause));
    }
    if (stopped !== undefined) this.reading.large.push(stopped);
  }

  private failed(document: LargeDocument, cause: unknown): LargeDocument {
    this.tools.log.warn("a large document could not be read now", { key: document.key, reason: reasonOf(cause) });
    return document;
  }

  private async count(key: string, examined: Examined | undefined): Promise<void> {
    if (examined === undefined) return;
    const { reading, tools } = this;
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
  }
}
