import type { ExportFacts } from "../../recovery/catalogue/export";
import type { RecoveryPoint, SealedObject } from "../../recovery/catalogue/point";
import type { ObjectLock } from "../shared/objects";

/** The catalogue entry of a sealed export. Pure: all that it says was checked before. */
export const entryOf = (
  { system, store, series, pointId, asOf, window, counts, software }: ExportFacts,
  sealed: { readonly manifest: SealedObject; readonly parts: readonly SealedObject[] },
  lock: ObjectLock,
  sealedAt: Date,
): RecoveryPoint => ({
  schema: "lifeboat/recovery-point/2",
  ...{ system, store, series, pointId, asOf, window },
  manifest: sealed.manifest,
  parts: [...sealed.parts],
  counts,
  software: { ...software },
  lock: { mode: lock.mode, until: lock.until.toISOString() },
  sealedAt: sealedAt.toISOString(),
});
