import * as z from "zod";
import type { RecoveryPoint, SealedObject } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import type { Deadline } from "../shared/deadline";
import type { ObjectFacts, ObjectStore, StoredObject } from "../shared/objects";
import { Findings, FindingsState } from "./findings";

/** Which parts were read, a bit each in the entry's order, and what was wrong with them. */
export const PartsState = z.object({ seen: z.base64(), problems: FindingsState, notLocked: FindingsState });
export type PartsState = z.infer<typeof PartsState>;

/** The parts of a point as they were sealed, with what was wrong with them. It keeps none. */
export class SealedParts {
  private readonly indices: ReadonlyMap<string, number>;
  private readonly seen: Uint8Array;
  readonly problems: Findings;
  readonly notLocked: Findings;

  constructor(
    private readonly vault: ObjectStore,
    private readonly point: RecoveryPoint,
    private readonly deadline: Deadline,
    from?: PartsState,
  ) {
    this.indices = new Map(point.parts.map(({ key }, index) => [key, index]));
    this.seen = new Uint8Array(Math.ceil(point.parts.length / 8));
    if (from !== undefined) this.seen.set(Buffer.from(from.seen, "base64").subarray(0, this.seen.length));
    this.problems = new Findings(from?.problems);
    this.notLocked = new Findings(from?.notLocked);
  }

  /** The bytes of a part; undefined, and named among the problems, when they are not there as they were sealed. Another key is none of its parts'. */
  async read(key: string): Promise<Uint8Array | undefined> {
    this.deadline(() => `reading ${key}`);
    const index = this.indices.get(key);
    const part = index === undefined ? undefined : this.point.parts[index];
    if (index === undefined || part === undefined) return undefined;
    const object = await this.vault.get(part.key, part.versionId);
    const problem = sealedProblem(part, object);
    if (!this.hasSeen(index)) {
      this.see(index);
      if (problem !== undefined) this.problems.add(problem);
      if (object !== undefined) for (const lock of lockProblems(this.point, object)) this.notLocked.add(lock);
    }
    return problem === undefined ? object?.bytes : undefined;
  }

  /** Reads what nobody has read. @param each is called behind each part */
  async readRest(each: (read: number) => void): Promise<void> {
    for (const [index, { key }] of this.point.parts.entries()) {
      if (this.hasSeen(index)) continue;
      await this.read(key);
      each(index + 1);
    }
  }

  state(): PartsState {
    return { seen: Buffer.from(this.seen).toString("base64"), problems: this.problems.state(), notLocked: this.notLocked.state() };
  }

  private hasSeen(index: number): boolean {
    return ((this.seen[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  private see(index: number): void {
    this.seen[index >> 3] = (this.seen[index >> 3] ?? 0) | (1 << (index & 7));
  }
}

/** What is wrong with an object in a sealed one's place; undefined when nothing is. */
export const sealedProblem = (sealed: SealedObject, object: StoredObject | undefined): string | undefined => {
  if (object === undefined) return `${sealed.key} version ${sealed.versionId} is gone`;
  if (object.bytes.byteLength !== sealed.sizeBytes) return `${sealed.key} has ${object.bytes.byteLength} bytes, not ${sealed.sizeBytes}`;
  const sha256 = sha256Hex(object.bytes);
  return sha256 === sealed.sha256 ? undefined : `${sealed.key} has SHA-256 ${sha256}, not ${sealed.sha256}`;
};

export const lockProblems = ({ lock }: RecoveryPoint, object: ObjectFacts): readonly string[] => {
  if (object.lock === undefined) return [`${object.key} is not locked`];
  return object.lock.until.getTime() >= Date.parse(lock.until)
    ? []
    : [`${object.key} is locked until ${object.lock.until.toISOString()} only`];
};
