import type { RecoveryPoint, SealedObject } from "../../recovery/catalogue/point";
import type { ChromaManifest } from "../../recovery/chroma/manifest";
import type { ObjectLock } from "../shared/objects";

/** The catalogue entry of a sealed Chroma export. Pure: all that it says was checked before. */
export const entryOf = (
  manifest: ChromaManifest,
  sealed: { readonly manifest: SealedObject; readonly parts: readonly SealedObject[] },
  lock: ObjectLock,
  sealedAt: Date,
): RecoveryPoint => ({
  schema: "lifeboat/recovery-point/1",
  system: manifest.system,
  store: "chroma",
  pointId: manifest.pointId,
  // An export is no snapshot: only what was written before its window opened is in it for certain.
  asOf: manifest.window.startedAt,
  window: manifest.window,
  manifest: sealed.manifest,
  parts: [...sealed.parts],
  counts: {
    atSource: sum(manifest, (collection) => collection.countAtSource),
    written: sum(manifest, (collection) => collection.countWritten),
  },
  software: { chroma: manifest.source.serverVersion },
  lock: { mode: lock.mode, until: lock.until.toISOString() },
  sealedAt: sealedAt.toISOString(),
});

const sum = (manifest: ChromaManifest, count: (collection: ChromaManifest["collections"][number]) => number): number =>
  manifest.collections.reduce((total, collection) => total + count(collection), 0);
