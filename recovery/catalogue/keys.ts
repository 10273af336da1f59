import type { Store } from "../store";

export const POINTS_PREFIX = "catalogue/points/";
export const PROOFS_PREFIX = "catalogue/proofs/";

// 13 digits hold milliseconds until the year 2286.
const END_OF_TIME_MS = 9_999_999_999_999;

/** Newest first in S3's ascending key order, so that the newest points are listed without reading the rest. */
const entryName = (asOf: string, pointId: string): string =>
  `${String(END_OF_TIME_MS - Date.parse(asOf)).padStart(13, "0")}-${pointId}.json`;

export const pointKey = (store: Store, asOf: string, pointId: string): string => `${POINTS_PREFIX}${store}/${entryName(asOf, pointId)}`;

/** A proof has its point's key under another prefix. */
export const proofKeyOf = (key: string): string => key.replace(POINTS_PREFIX, PROOFS_PREFIX);

/** `chroma-20261124T231645Z-1a2b`: store, beginning of the window, and four random hex digits, so that two runs of one second differ. */
export const makePointId = (store: Store, startedAt: Date, random: string): string =>
  `${store}-${startedAt.toISOString().replace(/[-:]|\.\d+/g, "")}-${random}`;

export const planKey = (recoveryId: string): string => `catalogue/recoveries/${recoveryId}/plan.json`;
export const recoveryResultKey = (recoveryId: string, store: Store): string => `catalogue/recoveries/${recoveryId}/${store}.json`;
