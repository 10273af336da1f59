import { proofsPrefixOf } from "../../recovery/catalogue/keys";
import type { RecoveryPoint } from "../../recovery/catalogue/point";
import { ensureLocked } from "../seal/locks";
import { eachInFlight } from "../shared/in-flight";
import type { ObjectLock, ObjectStore } from "../shared/objects";
import type { WrittenEntry } from "./entries";

const LOCKED_IN_FLIGHT = 16;

/** Lengthens the locks of all that a point needs. The entry comes last: its lock says that all the others were lengthened, so an interrupted call does it again. */
export const holdOn = async (
  vault: ObjectStore,
  written: WrittenEntry,
  { parts, manifest }: RecoveryPoint,
  lock: ObjectLock,
): Promise<void> => {
  await eachInFlight([...parts, manifest], LOCKED_IN_FLIGHT, async (object) => {
    await ensureLocked(vault, await present(vault, object), lock);
  });
  await lockAll(vault, proofsPrefixOf(written.key), lock);
  for (const versionId of written.versionIds) await ensureLocked(vault, await present(vault, { key: written.key, versionId }), lock);
};

/** When the first of an entry's versions is free: the lock of what is held ends then, whichever of them counts. Undefined when one has no lock. */
export const entryLockedUntil = async (vault: ObjectStore, { key, versionIds }: WrittenEntry): Promise<Date | undefined> => {
  let least: Date | undefined;
  for (const versionId of versionIds) {
    const until = (await present(vault, { key, versionId })).lock?.until;
    if (until === undefined) return undefined;
    if (least === undefined || until < least) least = until;
  }
  return least;
};

const present = async (vault: ObjectStore, { key, versionId }: { readonly key: string; readonly versionId: string }) => {
  const found = await vault.head(key, versionId);
  if (found !== undefined) return found;
  throw new Error(`${key} (version ${versionId}) is gone from the vault`);
};

/** Every version: which of them counts is the reader's to say. */
const lockAll = async (vault: ObjectStore, prefix: string, lock: ObjectLock): Promise<void> => {
  for await (const page of vault.versions(prefix))
    for (const { key, versionId, isDeleteMarker } of page)
      if (!isDeleteMarker) await ensureLocked(vault, await present(vault, { key, versionId }), lock);
};
