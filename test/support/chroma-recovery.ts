import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { sign } from "../../recovery/catalogue/authenticity";
import { planKey, pointKey } from "../../recovery/catalogue/keys";
import { RecoveryPlan } from "../../recovery/catalogue/plan";
import { RecoveryPoint } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import { allParts, ChromaManifest, manifestKey } from "../../recovery/chroma/manifest";
import { CATALOGUE_KEY } from "./authenticity";

export const SYSTEM = "acme";

/** The manifest that an export left. */
export const readManifest = async (bucket: ObjectStore, pointId: string): Promise<ChromaManifest> =>
  ChromaManifest.parse(JSON.parse((await getText(bucket, manifestKey(pointId))) ?? "null"));

/** Seals a point and pins it in a plan: what the functions between an export and an import leave in the vault. */
export const planImport = async (vault: ObjectStore, pointId: string, recoveryId: string): Promise<ChromaManifest> => {
  const manifest = await readManifest(vault, pointId);
  const sealed = async (key: string) => {
    const found = await vault.get(key);
    if (found === undefined) throw new Error(`no ${key}`);
    return { key, versionId: found.versionId, sizeBytes: found.sizeBytes, sha256: sha256Hex(found.bytes) };
  };
  const written = manifest.collections.reduce((sum, { countWritten }) => sum + countWritten, 0);
  const point = RecoveryPoint.parse({
    schema: "lifeboat/recovery-point/2",
    system: SYSTEM,
    store: "chroma",
    series: "chroma",
    pointId,
    asOf: manifest.window.startedAt,
    window: manifest.window,
    manifest: await sealed(manifestKey(pointId)),
    parts: await Promise.all(allParts(manifest).map(({ key }) => sealed(key))),
    counts: { atSource: written, written },
    software: {},
    lock: { mode: "GOVERNANCE", until: manifest.window.finishedAt },
    sealedAt: manifest.window.finishedAt,
  });
  const entryKey = pointKey("chroma", point.asOf, pointId);
  const entry = await sign(CATALOGUE_KEY, entryKey, point);
  await vault.put(entryKey, entry, { contentType: "application/json" });
  const plan = RecoveryPlan.parse({
    schema: "lifeboat/recovery-plan/1",
    system: SYSTEM,
    recoveryId,
    mode: "drill",
    strategy: "latest",
    resolvedAt: manifest.window.finishedAt,
    stores: {
      chroma: {
        pointId,
        entryKey,
        entrySha256: sha256Hex(entry),
        manifestKey: point.manifest.key,
        manifestVersionId: point.manifest.versionId,
        manifestSha256: point.manifest.sha256,
        asOf: point.asOf,
        windowFinishedAt: point.window.finishedAt,
        records: written,
        passedOver: [],
      },
    },
    skewSeconds: 0,
  });
  await vault.put(planKey(recoveryId), JSON.stringify(plan), { contentType: "application/json" });
  return manifest;
};
