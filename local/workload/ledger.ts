import { type FileHandle, open, readFile } from "node:fs/promises";
import type { LedgerAttempt, LedgerContent, LedgerLine } from "../../recovery/evidence/ledger";
import { parseLedger } from "../../recovery/evidence/ledger";

export type Attempt = Omit<LedgerAttempt, "line" | "sequence">;

/** The record of what an application asked for and what it was promised, outside of every store that can be lost. */
export interface Ledger {
  /** Notes writes that are about to be sent; resolves with their sequence numbers when the disk has them. */
  attempt(writes: readonly Attempt[]): Promise<readonly number[]>;
  /** Notes the server's answer; resolves when the disk has it. */
  acknowledge(sequences: readonly number[], at: Date): Promise<void>;
  close(): Promise<void>;
}

/**
 * A new ledger file of JSON lines; an existing one is refused, because two runs in one file could not be told apart. What is noted while the disk
 * is busy goes to it in one group with one fsync.
 */
export const createLedger = async (path: string): Promise<Ledger> => {
  const file = await open(path, "wx");
  const append = groupedAppend(file);
  let nextSequence = 0;
  return {
    attempt: async (writes) => {
      const lines = writes.map((write): LedgerLine => ({ line: "attempt", sequence: nextSequence++, ...write }));
      await append(lines);
      return lines.map((line) => line.sequence);
    },
    acknowledge: (sequences, at) =>
      append(sequences.map((sequence): LedgerLine => ({ line: "acknowledged", sequence, acknowledgedAt: at.toISOString() }))),
    close: async () => {
      await append([]);
      await file.close();
    },
  };
};

/** Appends in the order of the calls. Each call resolves after the fsync of the group that it belongs to. */
const groupedAppend = (file: FileHandle): ((lines: readonly LedgerLine[]) => Promise<void>) => {
  let waiting = "";
  let group: Promise<void> | undefined;
  let previous = Promise.resolve();

  const flush = async (before: Promise<void>): Promise<void> => {
    await before;
    const text = waiting;
    waiting = "";
    group = undefined;
    await file.appendFile(text);
    await file.datasync();
  };
  return (lines) => {
    waiting += lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    if (group === undefined) {
      // A failed group fails those who wait for it, and everyone after it: a ledger with a hole proves nothing.
      group = flush(previous);
      previous = group;
    }
    return group;
  };
};

/** Reads a ledger, also one that is still written. */
export const readLedger = async (path: string): Promise<LedgerContent> => parseLedger(await readFile(path, "utf8"));
