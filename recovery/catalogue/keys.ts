import { LifeboatError } from "../errors";
import type { Store } from "../store";
import type { Series } from "./series";

export const POINTS_PREFIX = "catalogue/points/";
export const PROOFS_PREFIX = "catalogue/proofs/";
export const READINGS_PREFIX = "catalogue/readings/";
export const PROGRESS_PREFIX = "catalogue/progress/";

// 13 digits hold milliseconds until the year 2286.
const END_OF_TIME_MS = 9_999_999_999_999;

/** Sorts the newer before the older in S3's ascending key order, so that the newest are listed without reading the rest. */
export const newestFirst = (time: string): string => {
  const remainingMs = END_OF_TIME_MS - Date.parse(time);
  if (!(remainingMs >= 0 && remainingMs <= END_OF_TIME_MS))
    throw unusable("A recovery point's time makes no key", `"${time}"`, "a time from 1970 to 2286");
  return String(remainingMs).padStart(13, "0");
};

/** The time that a name begins with, in milliseconds, as `newestFirst` writes it; undefined for another name. */
export const timeMsOfName = (name: string): number | undefined => {
  const remainingMs = /^(\d{13})-/.exec(name)?.[1];
  return remainingMs === undefined ? undefined : END_OF_TIME_MS - Number(remainingMs);
};

export const entryName = (asOf: string, pointId: string): string => `${newestFirst(asOf)}-${pointId}.json`;

export const seriesPrefix = (series: Series): string => `${POINTS_PREFIX}${series}/`;
export const pointKey = (series: Series, asOf: string, pointId: string): string => `${seriesPrefix(series)}${entryName(asOf, pointId)}`;

/** The time that a point's key sorts by, in milliseconds; undefined for a key of another form. */
export const asOfMsOfKey = (key: string): number | undefined => {
  const remainingMs = /^catalogue\/points\/.+\/(\d{13})-[^/]+$/.exec(key)?.[1];
  return remainingMs === undefined ? undefined : END_OF_TIME_MS - Number(remainingMs);
};

/** A proof has its point's key under another prefix. Any other key is refused: under itself it would be read as its own proof. */
export const proofKeyOf = (key: string): string => {
  if (!key.startsWith(POINTS_PREFIX)) throw unusable("This is no recovery point's key", key, `${POINTS_PREFIX}...`);
  return `${PROOFS_PREFIX}${key.slice(POINTS_PREFIX.length)}`;
};

/** Under it are an entry's first proof and, behind a slash, the later ones. */
export const proofsPrefixOf = (key: string): string => proofKeyOf(key).replace(/\.json$/, "");
/** A proof that says otherwise than the one before it: newest first, because the newest one counts. */
export const laterProofKey = (key: string, verifiedAt: string): string => `${proofsPrefixOf(key)}/${newestFirst(verifiedAt)}.json`;
export const isLaterProofOf = (key: string, proofKey: string): boolean => proofKey.startsWith(`${proofsPrefixOf(key)}/`);

/** What one run of the rotation read. @param run tells two runs of one time apart */
export const readingKey = (startedAt: string, run: string): string => `${READINGS_PREFIX}${newestFirst(startedAt)}-${run}.json`;

const unusable = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({ code: "internal", what, received, allowed, hint: "Whoever made this key did not take it from the catalogue" });

/** `chroma-20261124T231645Z-1a2b`: store, beginning of the window, and four random hex digits, so that two runs of one second differ. */
export const makePointId = (store: Store, startedAt: Date, random: string): string => `${pointIdFrom(store, startedAt)}-${random}`;

/** What the ids of a store's points that began at this second or later are not before, in the order of their names. */
export const pointIdFrom = (store: Store, startedAt: Date): string => `${store}-${startedAt.toISOString().replace(/[-:]|\.\d+/g, "")}`;

export const planKey = (recoveryId: string): string => `catalogue/recoveries/${recoveryId}/plan.json`;
export const recoveryResultKey = (recoveryId: string, store: Store): string => `catalogue/recoveries/${recoveryId}/${store}.json`;
export const promotionKey = (recoveryId: string): string => `catalogue/recoveries/${recoveryId}/promotion.json`;
/** One for each replica that was ever promoted, by its `DbiResourceId`, beside the recoveries: two of them must not promote the same one. */
export const promotionClaimKey = (resourceId: string): string => `catalogue/recoveries/promotions/${resourceId}.json`;
export const validationKey = (recoveryId: string): string => `catalogue/recoveries/${recoveryId}/validation.json`;
export const cutOverKey = (recoveryId: string): string => `catalogue/recoveries/${recoveryId}/cut-over.json`;
