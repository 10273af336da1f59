import type { ExportPart } from "../../recovery/catalogue/export";
import { sha256Hex } from "../../recovery/checksum";
import { LifeboatError } from "../../recovery/errors";
import type { ListedVersion, ObjectStore, StoredObject } from "../shared/objects";

/** The versions of each key of a point, oldest first. A point has as many keys as it has parts: they fit into memory. */
export type Inventory = ReadonlyMap<string, readonly ListedVersion[]>;

export const inventoryOf = async (vault: ObjectStore, prefix: string): Promise<Inventory> => {
  const inventory = new Map<string, ListedVersion[]>();
  for await (const page of vault.versions(prefix)) {
    for (const version of page) {
      if (version.isDeleteMarker) continue;
      const known = inventory.get(version.key);
      if (known === undefined) inventory.set(version.key, [version]);
      else known.unshift(version);
    }
  }
  return inventory;
};

/** A part as found: the version whose bytes are what the manifest says. */
export type FoundPart = Pick<StoredObject, "key" | "versionId" | "sizeBytes" | "lock"> & { readonly sha256: string };

/**
 * The version that is the part, read back and hashed. Which one it is is decided by its digest, not by its age: an overwritten part stays good as long as
 * the true version is there. Memory is bounded by the part. @throws LifeboatError `digest-mismatch` when none is
 */
export const findPart = async (vault: ObjectStore, versions: readonly ListedVersion[], part: ExportPart): Promise<FoundPart> => {
  const seen: string[] = [];
  for (const { versionId, sizeBytes } of versions) {
    if (sizeBytes !== part.sizeBytes) {
      seen.push(`version ${versionId} of ${sizeBytes} bytes`);
      continue;
    }
    const stored = await vault.get(part.key, versionId);
    const sha256 = stored === undefined ? "gone" : sha256Hex(stored.bytes);
    if (stored !== undefined && sha256 === part.sha256) return { key: part.key, versionId, sizeBytes, sha256, lock: stored.lock };
    seen.push(`version ${versionId} with SHA-256 ${sha256}`);
  }
  throw new LifeboatError({
    code: "digest-mismatch",
    what: `A part in the vault is not what was exported: ${part.key}`,
    received: seen.slice(0, 5).join(", "),
    allowed: `${part.sizeBytes} bytes with SHA-256 ${part.sha256}`,
    hint: "The point stays unsealed and is never restored from. Compare the staging bucket's version, and look for who wrote the other one",
  });
};
