import { type Authenticator, open } from "../../recovery/catalogue/authenticity";
import { PROGRESS_PREFIX, PROOFS_PREFIX, READINGS_PREFIX, seriesPrefix } from "../../recovery/catalogue/keys";
import { EXPORT_KINDS } from "../../recovery/catalogue/kinds";
import { SETS_PREFIX } from "../../recovery/catalogue/set";
import { METRICS } from "../../recovery/names";
import { eachInFlight } from "../shared/in-flight";
import type { Log } from "../shared/log";
import type { Metrics } from "../shared/metrics";
import { getText, type ListedVersion, type ObjectStore } from "../shared/objects";
import { seriesOfStore } from "../shared/series";

export interface ForgeryTools {
  readonly system: string;
  readonly vault: ObjectStore;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

/** One version of an object of the catalogue that nobody wrote who may. */
export interface Forgery {
  readonly key: string;
  readonly versionId: string;
  readonly writtenAt: string;
  readonly problem: string;
}

/**
 * A forgery is told for this long after it was written, by S3's clock, which no writer sets: a locked one cannot be deleted, and an alarm that stays on
 * for a lock's ninety days would tell nobody of the next one.
 */
export const TOLD_FOR_HOURS = 24;
/** Of each folder of the catalogue the newest names are looked at, which are the ones that a recovery would take: a page of S3's, one request. */
export const VERSIONS_LOOKED_AT = 1_000;
/** How many objects one run reads, and asks KMS about. The latest written come first, so that an hour in which fewer are written leaves none out. */
export const OBJECTS_READ = 2_000;
const AT_ONCE = 8;

/**
 * Looks whether what was lately written into the signed folders of the catalogue, each version of it, was written by those who keep it: entries and proofs
 * of every series, readings, sets, checkpoints. An authentic object counts whatever was put beside it, so nothing is lost; but somebody is at work in the vault.
 * Three requests a series, a few more, and two an object that is read.
 */
export const lookForForgeries = async (tools: ForgeryTools): Promise<readonly Forgery[]> => {
  const { system, metrics, log } = tools;
  const at = tools.now();
  const lately = await latelyWritten(tools.vault, new Date(at.getTime() - TOLD_FOR_HOURS * 3_600_000));
  const looked = lately.slice(0, OBJECTS_READ);
  const found: Forgery[] = [];
  await eachInFlight(looked, AT_ONCE, async (version) => {
    const problem = await problemOf(tools, version);
    if (problem === undefined) return;
    const { key, versionId, lastModified } = version;
    const forgery = { key, versionId, writtenAt: lastModified.toISOString(), problem };
    log.error("an object of the catalogue was not written by those that keep it", { ...forgery });
    found.push(forgery);
  });
  if (looked.length < lately.length)
    log.warn("more was written into the catalogue than one run looks at", { written: lately.length, looked: looked.length });
  await metrics.publish([{ name: METRICS.forgedObjects, unit: "Count", value: found.length, at, system }]);
  return found;
};

const problemOf = async ({ vault, authenticator }: ForgeryTools, { key, versionId }: ListedVersion): Promise<string | undefined> => {
  const text = await getText(vault, key, versionId);
  // Between the listing and now a version can only have been deleted.
  return text === undefined ? undefined : (await open(authenticator, key, text)).problem;
};

/** Versions that were written at or after a time, the latest first. */
const latelyWritten = async (vault: ObjectStore, since: Date): Promise<readonly ListedVersion[]> => {
  const lately: ListedVersion[] = [];
  for (const prefix of await signedFolders(vault))
    lately.push(...(await newestNames(vault, prefix)).filter(({ lastModified }) => lastModified >= since));
  return lately.sort((a, b) => b.lastModified.getTime() - a.lastModified.getTime());
};

const newestNames = async (vault: ObjectStore, prefix: string): Promise<readonly ListedVersion[]> => {
  const newest: ListedVersion[] = [];
  for await (const page of vault.versions(prefix)) {
    newest.push(...page);
    if (newest.length >= VERSIONS_LOOKED_AT) break;
  }
  return newest.slice(0, VERSIONS_LOOKED_AT).filter(({ isDeleteMarker }) => !isDeleteMarker);
};

/**
 * Folders whose names sort the newest first; and checkpoints, which sort by what they are of, and of which there are few. Those of comparisons, renewals and
 * recoveries are kept by the bucket's policy, and bear no code.
 */
const signedFolders = async (vault: ObjectStore): Promise<readonly string[]> => {
  const folders = [READINGS_PREFIX, SETS_PREFIX, PROGRESS_PREFIX];
  for (const store of new Set(EXPORT_KINDS.map((kind) => kind.store)))
    for (const series of await seriesOfStore(vault, store)) folders.push(seriesPrefix(series), `${PROOFS_PREFIX}${series}/`);
  return folders;
};
