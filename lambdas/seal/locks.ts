import type { ObjectFacts, ObjectLock, ObjectStore } from "../shared/objects";

const DAY_MS = 86_400_000;

/** A lock of whole days from a time on, cut to seconds: S3 keeps no more, and a later comparison must not differ by a fraction. */
export const lockFor = (mode: ObjectLock["mode"], days: number, from: Date): ObjectLock => ({
  mode,
  until: new Date(Math.floor((from.getTime() + days * DAY_MS) / 1000) * 1000),
});

/**
 * The lock to set so that an object is held at least as long and as strictly as wanted; undefined when it already is.
 * Never shorter and never weaker than what stands: a lock that someone prolonged for an inquiry must survive us.
 */
export const lockToSet = (standing: ObjectLock | undefined, wanted: ObjectLock): ObjectLock | undefined => {
  if (standing === undefined) return wanted;
  const mode = standing.mode === "COMPLIANCE" ? "COMPLIANCE" : wanted.mode;
  const untilMs = Math.max(standing.until.getTime(), wanted.until.getTime());
  return mode === standing.mode && untilMs === standing.until.getTime() ? undefined : { mode, until: new Date(untilMs) };
};

/** Locks exactly this version, or lengthens its lock. Returns whether anything had to be set. */
export const ensureLocked = async (store: ObjectStore, object: Pick<ObjectFacts, "key" | "versionId" | "lock">, wanted: ObjectLock) => {
  const lock = lockToSet(object.lock, wanted);
  if (lock === undefined) return false;
  await store.lock(object.key, object.versionId, lock);
  return true;
};
