import { type LockPeriod, requiredUntil } from "../../recovery/objects/locks";
import { mergeListings, type Side } from "../../recovery/objects/merge";
import { NAMED_FAILURES, type RenewalProgress, type RenewalTally } from "../../recovery/objects/renewal";
import { isInShare } from "../../recovery/objects/rotation";
import { lockToSet } from "../seal/locks";
import { eachInFlight } from "../shared/in-flight";
import { type Log, reasonOf } from "../shared/log";
import type { ObjectLock, ObjectStore } from "../shared/objects";

export interface DocumentTools {
  readonly documentsReplica: ObjectStore;
  readonly documentsVault: ObjectStore;
  readonly now: () => Date;
  readonly log: Log;
  /** Whether there is time to go on. */
  readonly goOn: () => boolean;
}

export interface DocumentSettings {
  readonly lockMode: ObjectLock["mode"];
  readonly period: LockPeriod;
}

const RENEWED_IN_FLIGHT = 16;

export interface RenewedPart {
  /** Undefined when the run is at its end. */
  readonly after: string | undefined;
  readonly tally: RenewalTally;
}

/**
 * Lengthens the locks of copies whose documents are still current, where they end soon. A lock counts from its object's writing: what stays current for
 * longer than its period would be unlocked just because nobody changed it. What is current is read from the replica: this region asks no other.
 * @param again documents whose copies could not be locked the last time
 */
export const renewDocuments = async (
  tools: DocumentTools,
  settings: DocumentSettings,
  progress: RenewalProgress,
  again: readonly string[] = [],
): Promise<RenewedPart> => {
  const tally = structuredClone(progress.tally);
  const position: Position = { after: progress.after ?? undefined, stopped: false };
  const { documentsReplica, documentsVault } = tools;
  await eachInFlight(again, RENEWED_IN_FLIGHT, async (key) => {
    if ((await documentsReplica.head(key)) !== undefined) await renew(tools, settings, tally, key);
  });
  const sides = mergeListings({ replica: documentsReplica.list("", position.after), locked: documentsVault.list("", position.after) });
  await eachInFlight(due(sides, tools, progress, tally, position), RENEWED_IN_FLIGHT, (key) => renew(tools, settings, tally, key));
  return { after: position.stopped ? position.after : undefined, tally };
};

interface Position {
  after: string | undefined;
  stopped: boolean;
}

/** The keys whose turn it is. */
async function* due(
  batches: AsyncIterable<readonly Side[]>,
  { goOn }: DocumentTools,
  { rotation }: RenewalProgress,
  tally: RenewalTally,
  position: Position,
): AsyncIterable<string> {
  for await (const sides of batches) {
    for (const { key, replica, locked } of sides) {
      if (replica !== undefined && locked === undefined) tally.withoutCopy += 1;
      if (replica !== undefined && locked !== undefined) {
        tally.documents += 1;
        if (isInShare(key, rotation)) yield key;
      }
      position.after = key;
      if (goOn()) continue;
      position.stopped = true;
      return;
    }
  }
}

const renew = async (tools: DocumentTools, settings: DocumentSettings, tally: RenewalTally, key: string): Promise<void> => {
  try {
    await lengthen(tools, settings, tally, key);
  } catch (error) {
    // One copy that cannot be locked must not keep the others from being.
    tally.failed += 1;
    tools.log.error("a document's lock could not be lengthened", { key, reason: reasonOf(error) });
    if (tally.failures.length < NAMED_FAILURES) tally.failures.push({ key, reason: reasonOf(error) });
  }
};

const lengthen = async (
  { documentsVault, now }: DocumentTools,
  { lockMode, period }: DocumentSettings,
  tally: RenewalTally,
  key: string,
) => {
  const copy = await documentsVault.head(key);
  // Nobody deletes there but a lifecycle rule; a delete marker on top hides a copy that is locked as before.
  if (copy === undefined) return;
  tally.examined += 1;
  const until = requiredUntil(copy.lock?.until, copy.lastModified, period, now());
  const lock = lockToSet(copy.lock, { mode: lockMode, until });
  if (lock === undefined) return;
  await documentsVault.lock(key, copy.versionId, lock);
  tally.lengthened += 1;
};
