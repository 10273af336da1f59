import type { ObjectStore } from "../../../lambdas/shared/objects";
import { POINTS_PREFIX } from "../../../recovery/catalogue/keys";
import type { RecoveryPoint, SealedObject } from "../../../recovery/catalogue/point";
import { type CatalogueReader, judge } from "../../../recovery/catalogue/select";
import { sha256Hex } from "../../../recovery/checksum";
import { ConfigurationManifest } from "../../../recovery/configuration/manifest";
import { LifeboatError } from "../../../recovery/errors";

/** The point of this id, when it may be restored from. @throws LifeboatError, `no-recovery-point` or `point-refused` */
export const usablePoint = async (catalogue: CatalogueReader, system: string, pointId: string): Promise<RecoveryPoint> => {
  const key = await keyOf(catalogue, pointId);
  if (key === undefined)
    throw new LifeboatError({
      code: "no-recovery-point",
      what: "There is no such point of the configuration in the catalogue",
      received: pointId,
      hint: "npm run lifeboat -- points --store configuration lists those that there are",
    });
  const { point, usable, reason } = await judge(catalogue, system, key.slice(POINTS_PREFIX.length, key.lastIndexOf("/")), key);
  if (usable && point !== undefined) return point;
  throw new LifeboatError({
    code: "point-refused",
    what: `The point ${pointId} is not restored from`,
    received: reason,
    allowed: "a point that was sealed, and read back",
    hint: "npm run lifeboat -- points --store configuration says which can be used",
  });
};

const keyOf = async (catalogue: CatalogueReader, pointId: string): Promise<string | undefined> => {
  for await (const key of catalogue.keys(`${POINTS_PREFIX}configuration/`)) if (key.endsWith(`-${pointId}.json`)) return key;
  return undefined;
};

/** Exactly what was sealed: the version that the entry names, and its bytes. @throws LifeboatError, `digest-mismatch` */
export const sealedBytes = async (vault: ObjectStore, { key, versionId, sha256 }: SealedObject): Promise<Uint8Array> => {
  const found = await vault.get(key, versionId);
  if (found !== undefined && sha256Hex(found.bytes) === sha256) return found.bytes;
  throw new LifeboatError({
    code: "digest-mismatch",
    what: `${key} in the vault is not what was sealed`,
    received: found === undefined ? `version ${versionId} is gone` : `SHA-256 ${sha256Hex(found.bytes)}`,
    allowed: `SHA-256 ${sha256}`,
    hint: "Take an older point, and look for who changed this one",
  });
};

export const manifestOf = async (vault: ObjectStore, point: RecoveryPoint): Promise<ConfigurationManifest> =>
  ConfigurationManifest.parse(JSON.parse(Buffer.from(await sealedBytes(vault, point.manifest)).toString("utf8")));
