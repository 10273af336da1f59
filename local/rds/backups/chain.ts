import { existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ChainId } from "../engine";
import { type BaseEntry, type Entry, parseIndex, type SegmentEntry } from "./entries";
import { type Micros, parseMicros } from "./micros";
import { type Expiry, expiryOf } from "./retention";
import { type Ancestor, parseHistory, parseSegmentName, type Segment } from "./segments";
import type { BaseFacts, Holdings, Mark } from "./window";

/** The automated backups of one database in one region: an append-only index, and the files that it speaks of. */
export interface Chain {
  readonly id: ChainId;
  readonly directory: string;
  readonly walDirectory: string;
  readonly basesDirectory: string;
  /** Where the server's archive command leaves what is not yet in the index. */
  readonly spoolDirectory: string;
  /** In the order in which they were written. */
  readonly entries: readonly Entry[];
  retentionDays: number;
  /** Resolves when the line is on the disk; only then it counts. */
  append(entry: Entry): Promise<void>;
  segment(name: string): SegmentEntry | undefined;
  base(id: string): BaseEntry | undefined;
  newestMark(): Mark | undefined;
  newestBase(): BaseEntry | undefined;
  /** What is there now: a file that was deleted behind the index's back is missing. */
  holdings(): Holdings;
  sizeBytes(): number;
  /** Until it is released, nothing expires. */
  hold(): () => void;
  readonly isHeld: boolean;
  /** Drops what is older than the retention period. */
  expire(now: Date): Promise<void>;
  segmentFile(name: string): string;
  baseDirectory(id: string): string;
}

const toSegment = (name: string): Segment => {
  const segment = parseSegmentName(name);
  if (segment === undefined) throw new Error(`${name} is no WAL segment`);
  return segment;
};

const baseFacts = ({ id, end, firstSegment, lastSegment }: BaseEntry): BaseFacts => ({
  id,
  end: parseMicros(end),
  first: toSegment(firstSegment),
  last: toSegment(lastSegment),
});

/** Opens one whose directories exist, with what its index says. */
export const openChain = (id: ChainId, directory: string): Chain => {
  const walDirectory = join(directory, "wal");
  const basesDirectory = join(directory, "bases");
  const indexFile = join(directory, "index.jsonl");
  const entries: Entry[] = [];
  const segments = new Map<string, SegmentEntry>();
  const bases = new Map<string, { readonly entry: BaseEntry; readonly facts: BaseFacts }>();
  const histories = new Map<number, readonly Ancestor[]>();
  const marks = new Map<Micros, Mark>();
  let usedBytes = 0;
  let holds = 0;
  let newest: Mark | undefined;
  let writing: Promise<void> = Promise.resolve();

  const expired = (bases_: readonly string[], segmentsBefore: number): void => {
    for (const base of bases_) bases.delete(base);
    for (const [name, { usedBytes: bytes }] of segments) {
      if (toSegment(name).number >= segmentsBefore) continue;
      segments.delete(name);
      usedBytes -= bytes;
    }
    for (const [time, { segment }] of marks) if (segment.number < segmentsBefore) marks.delete(time);
  };

  const apply = (entry: Entry): void => {
    entries.push(entry);
    if (entry.kind === "segment") {
      segments.set(entry.name, entry);
      usedBytes += entry.usedBytes;
    } else if (entry.kind === "base") bases.set(entry.id, { entry, facts: baseFacts(entry) });
    else if (entry.kind === "history") histories.set(Number.parseInt(entry.name, 16), parseHistory(entry.text));
    else if (entry.kind === "mark") {
      const mark = { time: parseMicros(entry.time), segment: toSegment(entry.segment), idle: entry.idle };
      // Of a quiet night one mark is enough: the last says all that those before it say.
      if (mark.idle && newest?.idle === true && newest.segment.number === mark.segment.number) marks.delete(newest.time);
      newest = mark;
      marks.set(mark.time, mark);
    } else expired(entry.bases, entry.segmentsBefore);
  };

  if (existsSync(indexFile)) {
    const read = parseIndex(readFileSync(indexFile));
    truncateSync(indexFile, read.keptBytes);
    for (const entry of read.entries) apply(entry);
  }

  const holdings = (): Holdings => {
    const present = new Set(namesIn(walDirectory));
    const presentBases = new Set(namesIn(basesDirectory));
    return {
      bases: [...bases.values()].filter(({ facts }) => presentBases.has(facts.id)).map(({ facts }) => facts),
      marks: [...marks.values()],
      has: (name) => segments.has(name) && present.has(name),
      ancestorsOf: (timeline) => histories.get(timeline) ?? [],
    };
  };

  const chain: Chain = {
    id,
    directory,
    walDirectory,
    basesDirectory,
    spoolDirectory: join(directory, "spool"),
    entries,
    retentionDays: 0,
    append: (entry) => {
      const written = writing.then(() => writeLine(indexFile, JSON.stringify(entry)));
      writing = written.catch(() => undefined);
      return written.then(() => apply(entry));
    },
    segment: (name) => segments.get(name),
    base: (baseId) => bases.get(baseId)?.entry,
    newestMark: () => newest,
    newestBase: () => [...bases.values()].at(-1)?.entry,
    holdings,
    sizeBytes: () => [...bases.values()].reduce((sum, { entry }) => sum + entry.sizeBytes, usedBytes),
    hold: () => {
      holds += 1;
      let held = true;
      return () => {
        if (held) holds -= 1;
        held = false;
      };
    },
    get isHeld() {
      return holds > 0;
    },
    expire: async (now) => {
      if (holds > 0 || chain.retentionDays <= 0) return;
      const expiry = expiryOf(holdings().bases, now, chain.retentionDays);
      if (expiry === undefined) return;
      // The index first: a crash leaves files that nothing speaks of, never a promise without its files.
      await chain.append({ kind: "expired", ...expiry, bases: [...expiry.bases], archivedAt: now.toISOString() });
      await removeExpired(chain, expiry);
    },
    segmentFile: (name) => join(walDirectory, name),
    baseDirectory: (baseId) => join(basesDirectory, baseId),
  };
  return chain;
};

const writeLine = async (indexFile: string, line: string): Promise<void> => {
  const file = await open(indexFile, "a", 0o600);
  try {
    await file.appendFile(`${line}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
};

const namesIn = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory) : []);

const removeExpired = async (chain: Chain, { bases, segmentsBefore }: Expiry): Promise<void> => {
  for (const id of bases) await rm(chain.baseDirectory(id), { recursive: true, force: true });
  for (const name of namesIn(chain.walDirectory)) {
    const segment = parseSegmentName(name);
    if (segment !== undefined && segment.number < segmentsBefore) await rm(chain.segmentFile(name), { force: true });
  }
};
