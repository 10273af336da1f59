import * as z from "zod";
import { Sha256 } from "../catalogue/export";
import { LifeboatError, messageOf } from "../errors";

/** The stores whose writes a ledger can hold. */
export const LEDGER_STORES = ["postgres", "chroma", "objects"] as const;
export const LedgerStore = z.enum(LEDGER_STORES);
export type LedgerStore = z.infer<typeof LedgerStore>;

const Sequence = z.int().nonnegative();
const Time = z.iso.datetime();

/** A write as it was about to be sent. Noted before the request, so that whatever a store holds can be explained. */
export const LedgerAttempt = z.strictObject({
  line: z.literal("attempt"),
  sequence: Sequence,
  store: LedgerStore,
  operation: z.enum(["put", "delete"]),
  key: z.string().min(1),
  /** Chroma's collection (a relational store's table); absent for objects. */
  collection: z.string().optional(),
  /** SHA-256 of the content as the store keeps it: an object's bytes, `recordDigest` for Chroma, `rowsDigest` for rows. Absent for a delete. */
  digest: Sha256.optional(),
  embeddingDigest: Sha256.optional(),
  /** A relational store's transaction that this write is part of: all of its writes are done, or none. */
  transaction: z.int().positive().optional(),
  /** Keys of other stores that this content points to. */
  references: z.array(z.string()).optional(),
  attemptedAt: Time,
  /** The region whose endpoint was called. */
  region: z.string(),
  /** Part of the initial load. */
  load: z.boolean(),
});
export type LedgerAttempt = z.infer<typeof LedgerAttempt>;

/** The server's answer: the write is done. */
export const LedgerAcknowledgement = z.strictObject({ line: z.literal("acknowledged"), sequence: Sequence, acknowledgedAt: Time });
export type LedgerAcknowledgement = z.infer<typeof LedgerAcknowledgement>;

export const LedgerLine = z.discriminatedUnion("line", [LedgerAttempt, LedgerAcknowledgement]);
export type LedgerLine = z.infer<typeof LedgerLine>;

/** One write. Without `acknowledgedAt` it may or may not have reached the store. */
export type LedgerEntry = Omit<LedgerAttempt, "line"> & { readonly acknowledgedAt?: string };

/** What a write is of. */
export type StoreKey = Pick<LedgerEntry, "store" | "collection" | "key">;

/** One name for a key, whatever its store and collection. */
export const writeKey = ({ store, collection, key }: StoreKey): string => JSON.stringify([store, collection ?? "", key]);

export interface LedgerContent {
  /** In the order of their attempts. */
  readonly entries: readonly LedgerEntry[];
  /** A last line without its end was left out: its writer stopped in the middle of it, before anything was sent or answered. */
  readonly torn: boolean;
}

/** Reads a ledger. Only the last line may be torn, by a crash; any other fault is an error, because a loss would be measured against half a ledger. */
export const parseLedger = (text: string): LedgerContent => {
  const lines = text.split("\n");
  const torn = lines.pop() !== "";
  const entries = new Map<number, LedgerEntry>();
  lines.forEach((line, index) => {
    const parsed = parseLine(line, index + 1);
    if (parsed.line === "attempt") addAttempt(entries, parsed, index + 1);
    else acknowledge(entries, parsed, index + 1);
  });
  return { entries: [...entries.values()].sort((a, b) => a.sequence - b.sequence), torn };
};

const parseLine = (line: string, number: number): LedgerLine => {
  try {
    return LedgerLine.parse(JSON.parse(line));
  } catch (error) {
    throw unreadable(number, messageOf(error).replace(/\s+/g, " ").slice(0, 200), error);
  }
};

const addAttempt = (entries: Map<number, LedgerEntry>, { line: _, ...write }: LedgerAttempt, number: number): void => {
  if (entries.has(write.sequence)) throw unreadable(number, `a second write with sequence ${write.sequence}`);
  if ((write.operation === "put") !== (write.digest !== undefined))
    throw unreadable(number, `a ${write.operation} and digest do not agree`);
  entries.set(write.sequence, write);
};

const acknowledge = (entries: Map<number, LedgerEntry>, { sequence, acknowledgedAt }: LedgerAcknowledgement, number: number): void => {
  const write = entries.get(sequence);
  if (write === undefined) throw unreadable(number, `an answer to write ${sequence}, which was never attempted`);
  if (write.acknowledgedAt !== undefined) throw unreadable(number, `a second answer to write ${sequence}`);
  entries.set(sequence, { ...write, acknowledgedAt });
};

const unreadable = (line: number, received: string, cause?: unknown): LifeboatError =>
  new LifeboatError({
    code: "internal",
    what: `Line ${line} of the ledger cannot be used`,
    received,
    allowed: "attempts with a sequence of their own, each answered at most once; only the last line may be torn",
    hint: "Loss cannot be measured against this ledger: run the drill again, and keep the file to find out who wrote to it",
    cause,
  });
