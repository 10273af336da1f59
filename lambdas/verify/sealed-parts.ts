import type { RecoveryPoint, SealedObject } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import type { Deadline } from "../shared/deadline";
import type { ObjectFacts, ObjectStore, StoredObject } from "../shared/objects";

/** The parts of a point as they were sealed, one in memory at a time, with what was wrong with them. */
export class SealedParts {
  private readonly sealed: ReadonlyMap<string, SealedObject>;
  private readonly seen = new Set<string>();
  readonly problems: string[] = [];
  readonly notLocked: string[] = [];

  constructor(
    private readonly vault: ObjectStore,
    private readonly point: RecoveryPoint,
    private readonly deadline: Deadline,
  ) {
    this.sealed = new Map(point.parts.map((part) => [part.key, part]));
  }

  /** The bytes of a part; undefined, and named among the problems, when they are not there as they were sealed. */
  async read(key: string): Promise<Uint8Array | undefined> {
    this.deadline(() => `reading ${key}`);
    const part = this.sealed.get(key);
    const object = part === undefined ? undefined : await this.vault.get(part.key, part.versionId);
    const problem = part === undefined ? `${key} is no part of the point` : sealedProblem(part, object);
    if (!this.seen.has(key)) {
      this.seen.add(key);
      if (problem !== undefined) this.problems.push(problem);
      if (object !== undefined) this.notLocked.push(...lockProblems(this.point, object));
    }
    return problem === undefined ? object?.bytes : undefined;
  }

  async readRest(): Promise<void> {
    for (const { key } of this.point.parts) if (!this.seen.has(key)) await this.read(key);
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
