import { newestFirst } from "../catalogue/keys";
import { sha256Hex } from "../checksum";
import type { ComparisonSource } from "./comparison";

/** Newest first, and after that by content: two that began at once stand beside each other. */
const nameOf = (at: string, text: string): string => `${newestFirst(at)}-${sha256Hex(text).slice(0, 8)}.json`;

export const COMPARISONS_PREFIX = "catalogue/comparisons/";
export const comparisonsPrefix = (source: ComparisonSource): string => `${COMPARISONS_PREFIX}${source}/`;
export const comparisonKey = (source: ComparisonSource, startedAt: string, text: string): string =>
  `${comparisonsPrefix(source)}${nameOf(startedAt, text)}`;
export const UNFINISHED_COMPARISONS_PREFIX = `${COMPARISONS_PREFIX}unfinished/`;
export const comparisonProgressKey = (at: string, text: string): string => `${UNFINISHED_COMPARISONS_PREFIX}${nameOf(at, text)}`;
export const UNFINISHED_INVENTORIES_PREFIX = `${COMPARISONS_PREFIX}unfinished-inventory/`;
export const inventoryProgressKey = (at: string, text: string): string => `${UNFINISHED_INVENTORIES_PREFIX}${nameOf(at, text)}`;

export const RENEWALS_PREFIX = "catalogue/renewals/";
export const FINISHED_RENEWALS_PREFIX = `${RENEWALS_PREFIX}finished/`;
export const renewalKey = (startedAt: string, text: string): string => `${FINISHED_RENEWALS_PREFIX}${nameOf(startedAt, text)}`;
export const UNFINISHED_RENEWALS_PREFIX = `${RENEWALS_PREFIX}unfinished/`;
export const renewalProgressKey = (at: string, text: string): string => `${UNFINISHED_RENEWALS_PREFIX}${nameOf(at, text)}`;
/** What was done for the recovery points, whole runs and unfinished ones. */
export const RENEWED_POINTS_PREFIX = `${RENEWALS_PREFIX}points/`;
export const renewedPointsKey = (at: string, text: string): string => `${RENEWED_POINTS_PREFIX}${nameOf(at, text)}`;
