import { sha256Hex } from "../checksum";
import { messageOf } from "../errors";
import type { Store } from "../store";
import { asOfMsOfKey, POINTS_PREFIX, pointKey, proofKeyOf } from "./keys";
import { Proof, RecoveryPoint } from "./point";

/** What selection needs of the vault. Keys come in ascending order, page by page. */
export interface CatalogueReader {
  keys(prefix: string): AsyncIterable<string>;
  /** The object's text; undefined when there is none. Any other failure is thrown. */
  read(key: string): Promise<string | undefined>;
}

/** A recovery point and why it may be restored from, or why not. */
export interface Judged {
  readonly key: string;
  readonly point?: RecoveryPoint;
  readonly usable: boolean;
  readonly reason: string;
}

export interface Selection {
  readonly chosen?: { readonly key: string; readonly point: RecoveryPoint };
  /** What was looked at before the choice, newest first. */
  readonly passedOver: readonly Judged[];
}

/** How many entries a selection reads before it gives up: enough for days of hourly points, and a bound on the time of a failing `dr`. */
export const MAX_ENTRIES_READ = 200;

/**
 * The newest usable recovery point of a store, at or before `notAfter` when given. Reads entries from the newest on and stops at the first usable
 * one. What its key already shows to be too late is not read and does not count to the limit, or a time long past could never be reached; of these,
 * only the earliest is named.
 */
export const selectPoint = async (
  catalogue: CatalogueReader,
  system: string,
  store: Store,
  notAfter?: Date,
  maxEntries: number = MAX_ENTRIES_READ,
): Promise<Selection> => {
  const passedOver: Judged[] = [];
  let tooLate: Judged | undefined;
  for await (const key of catalogue.keys(`${POINTS_PREFIX}${store}/`)) {
    const asOfMs = asOfMsOfKey(key);
    if (notAfter !== undefined && asOfMs !== undefined && asOfMs > notAfter.getTime()) {
      tooLate = {
        key,
        usable: false,
        reason: `it is of ${new Date(asOfMs).toISOString()}, after ${notAfter.toISOString()}, as is every newer one`,
      };
      continue;
    }
    if (passedOver.length >= maxEntries) break;
    const judged = await judge(catalogue, system, store, key, notAfter);
    if (judged.usable && judged.point !== undefined)
      return { chosen: { key, point: judged.point }, passedOver: withTooLate(tooLate, passedOver) };
    passedOver.push(judged);
  }
  return { passedOver: withTooLate(tooLate, passedOver) };
};

const withTooLate = (tooLate: Judged | undefined, passedOver: readonly Judged[]): readonly Judged[] =>
  tooLate === undefined ? passedOver : [tooLate, ...passedOver];

/** Judges one entry: readable, of this system and store, early enough, proven. */
export const judge = async (catalogue: CatalogueReader, system: string, store: Store, key: string, notAfter?: Date): Promise<Judged> => {
  const text = await catalogue.read(key);
  if (text === undefined) return { key, usable: false, reason: "the entry is gone" };
  const entry = parseAs(RecoveryPoint, text);
  if (entry.value === undefined) return { key, usable: false, reason: `the entry is not a recovery point: ${entry.problem}` };
  const point = entry.value;
  if (point.system !== system || point.store !== store)
    return { key, point, usable: false, reason: `it belongs to ${point.system}/${point.store}` };
  // The key decides what is newest: an old entry put again under a newer key must not win.
  if (key !== pointKey(store, point.asOf, point.pointId))
    return { key, point, usable: false, reason: `it is not under its own key, ${pointKey(store, point.asOf, point.pointId)}` };
  if (notAfter !== undefined && Date.parse(point.window.finishedAt) > notAfter.getTime())
    return { key, point, usable: false, reason: `its window ends ${point.window.finishedAt}, after ${notAfter.toISOString()}` };
  const proofText = await catalogue.read(proofKeyOf(key));
  if (proofText === undefined) return { key, point, usable: false, reason: "it has not been read back yet" };
  const proof = parseAs(Proof, proofText);
  if (proof.value === undefined) return { key, point, usable: false, reason: `its proof cannot be read: ${proof.problem}` };
  if (proof.value.pointId !== point.pointId || proof.value.entrySha256 !== sha256Hex(text))
    return { key, point, usable: false, reason: "its proof is of another entry" };
  if (!proof.value.passed) {
    const failed = proof.value.checks.filter((check) => !check.passed).map((check) => check.name);
    return { key, point, usable: false, reason: `it did not read back: ${failed.join(", ")}` };
  }
  return { key, point, usable: true, reason: "read back and locked" };
};

type Parsed<T> = { readonly value: T; readonly problem?: undefined } | { readonly value?: undefined; readonly problem: string };

const parseAs = <T>(schema: { parse(data: unknown): T }, text: string): Parsed<T> => {
  try {
    return { value: schema.parse(JSON.parse(text)) };
  } catch (error) {
    return { problem: messageOf(error).replace(/\s+/g, " ").slice(0, 200) };
  }
};
