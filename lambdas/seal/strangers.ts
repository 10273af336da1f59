import type { SealedObject } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import type { Log } from "../shared/log";
import type { ListedVersion, ObjectStore } from "../shared/objects";
import type { Inventory } from "./inventory";

interface StrangerTools {
  readonly vault: ObjectStore;
  readonly log: Log;
  readonly refused: () => Promise<void>;
}

/**
 * Names every version beside a sealed part that has other bytes: it never counts, because the entry names the sealed version, and it is told, because
 * somebody tried to change a point.
 */
export const refuseStrangers = async (tools: StrangerTools, inventory: Inventory, parts: readonly SealedObject[]): Promise<void> => {
  for (const part of parts)
    for (const version of inventory.get(part.key) ?? []) {
      // A second delivery of the same bytes is replication's retry.
      if (version.versionId === part.versionId || (await hasSameBytes(tools.vault, version, part))) continue;
      tools.log.error("another version of a part was refused", {
        key: part.key,
        refusedVersionId: version.versionId,
        countingVersionId: part.versionId,
      });
      await tools.refused();
    }
};

const hasSameBytes = async (vault: ObjectStore, { key, versionId, sizeBytes }: ListedVersion, part: SealedObject): Promise<boolean> => {
  if (sizeBytes !== part.sizeBytes) return false;
  const stored = await vault.get(key, versionId);
  return stored === undefined || sha256Hex(stored.bytes) === part.sha256;
};
