import { type CatalogueReader, firstAuthentic } from "./authentic";
import { asOfMsOfKey, pointKey, seriesPrefix } from "./keys";
import { RecoveryPoint } from "./point";
import type { Series } from "./series";
import { verdictOn } from "./verdict";

export type { CatalogueReader } from "./authentic";

/** A recovery point and why it may be restored from, or why not. */
export interface Judged {
  readonly key: string;
  readonly point?: RecoveryPoint;
  /** SHA-256 of the entry's text, where it is authentic. */
  readonly entrySha256?: string;
  readonly usable: boolean;
  readonly reason: string;
  /** Nobody has read it back yet: there is no word on it, good or bad. */
  readonly pending?: boolean;
  /** When its newest proof was made, which decides whether it is usable. */
  readonly provenAt?: string;
  /** No entry that was sealed under this key: forged, damaged, or another's put here again. */
  readonly isForeign?: boolean;
}

export interface Selection {
  readonly chosen?: { readonly key: string; readonly point: RecoveryPoint; readonly entrySha256: string };
  /** What was looked at before the choice, newest first. */
  readonly passedOver: readonly Judged[];
}

/** How many entries a selection reads before it gives up: enough for days of hourly points, and a bound on the time of a failing `dr`. */
export const MAX_ENTRIES_READ = 200;

/**
 * How many foreign entries are passed over beside them: whoever can write names into the catalogue must not hide what was sealed behind a few hundred
 * of them. One costs a listing, a read and a check of its code, so that all of them take minutes.
 */
export const MAX_FOREIGN_READ = 5000;

/**
 * The newest usable recovery point of a series, at or before `notAfter` when given. Reads entries from the newest on and stops at the first usable
 * one. What its key already shows to be too late is not read and does not count to the limit, or a time long past could never be reached; of these,
 * only the earliest is named.
 */
export const selectPoint = async (
  catalogue: CatalogueReader,
  system: string,
  series: Series,
  notAfter?: Date,
  maxEntries: number = MAX_ENTRIES_READ,
  maxForeign: number = MAX_FOREIGN_READ,
): Promise<Selection> => {
  const passedOver: Judged[] = [];
  let foreign = 0;
  let later: Judged | undefined;
  for await (const key of catalogue.keys(seriesPrefix(series))) {
    const asOfMs = asOfMsOfKey(key);
    if (notAfter !== undefined && asOfMs !== undefined && asOfMs > notAfter.getTime()) {
      later = {
        key,
        usable: false,
        reason: `it is of ${new Date(asOfMs).toISOString()}, after ${notAfter.toISOString()}, as is every newer one`,
      };
      continue;
    }
    if (passedOver.length - foreign >= maxEntries || foreign >= maxForeign) break;
    const judged = await judge(catalogue, system, series, key, notAfter);
    const { usable, point, entrySha256 } = judged;
    if (usable && point !== undefined && entrySha256 !== undefined)
      return { chosen: { key, point, entrySha256 }, passedOver: withLater(later, passedOver) };
    passedOver.push(judged);
    if (judged.isForeign === true) foreign += 1;
  }
  return { passedOver: withLater(later, passedOver) };
};

const withLater = (later: Judged | undefined, passedOver: readonly Judged[]): readonly Judged[] =>
  later === undefined ? passedOver : [later, ...passedOver];

/** Judges one entry: authentic, readable, of this system and series, early enough, proven. */
export const judge = async (catalogue: CatalogueReader, system: string, series: Series, key: string, notAfter?: Date): Promise<Judged> => {
  const { first, strangers } = await firstAuthentic(catalogue, RecoveryPoint, key);
  if (first === undefined)
    return strangers[0] === undefined
      ? { key, usable: false, reason: "the entry is gone" }
      : { key, usable: false, isForeign: true, reason: `the entry cannot be used: ${strangers[0]}` };
  const { value: point, sha256: entrySha256 } = first;
  const known = { key, point, entrySha256 };
  const elsewhere = misplaced(point, system, series, key);
  if (elsewhere !== undefined) return { ...known, usable: false, isForeign: true, reason: elsewhere };
  const late = tooLate(point, notAfter);
  if (late !== undefined) return { ...known, usable: false, reason: late };
  const { proof, strangers: noProofs } = await verdictOn(catalogue, key, first);
  if (proof === undefined)
    return noProofs[0] === undefined
      ? { ...known, usable: false, pending: true, reason: "it has not been read back yet" }
      : { ...known, usable: false, reason: `its proof cannot be used: ${noProofs[0]}` };
  if (!proof.passed) {
    const failed = proof.checks.filter((check) => !check.passed).map((check) => check.name);
    return { ...known, usable: false, provenAt: proof.verifiedAt, reason: `it did not read back: ${failed.join(", ")}` };
  }
  return { ...known, usable: true, provenAt: proof.verifiedAt, reason: `read back and locked${besides([...strangers, ...noProofs])}` };
};

const misplaced = (point: RecoveryPoint, system: string, series: Series, key: string): string | undefined => {
  if (point.system !== system || point.series !== series) return `it belongs to ${point.system}/${point.series}`;
  // The key decides what is newest: an old entry put again under a newer key must not win.
  const own = pointKey(series, point.asOf, point.pointId);
  return key === own ? undefined : `it is not under its own key, ${own}`;
};

const tooLate = ({ window }: RecoveryPoint, notAfter: Date | undefined): string | undefined =>
  notAfter !== undefined && Date.parse(window.finishedAt) > notAfter.getTime()
    ? `its window ends ${window.finishedAt}, after ${notAfter.toISOString()}`
    : undefined;

const besides = (strangers: readonly string[]): string =>
  strangers.length === 0 ? "" : `; what else stands in its place does not count: ${strangers.join(", ")}`;
