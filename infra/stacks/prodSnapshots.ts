import type * as pulumi from "@pulumi/pulumi";
import type { Site } from "../../recovery/names";
import { LockedSnapshots, type LockedSnapshotsArgs } from "../components/backup/lockedSnapshots";
import type { EncryptionKey } from "../components/storage/encryptionKey";
import type { ProdConfiguration } from "../config/read";

export interface SnapshotsDeployment extends Pick<LockedSnapshotsArgs, "resourceArns" | "tags"> {
  readonly site: Site;
  readonly configuration: Pick<ProdConfiguration, "vault" | "protection">;
  readonly keys: { readonly primary: Pick<EncryptionKey, "arn">; readonly recovery: Pick<EncryptionKey, "arn"> };
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/** Snapshots that are copied into a locked vault of the recovery region, where they are configured. */
export const deploySnapshots = (deployment: SnapshotsDeployment): LockedSnapshots | undefined => {
  const { site, configuration, resourceArns, tags, keys, primary, recovery } = deployment;
  const { lockedSnapshots, lockMode } = configuration.vault;
  if (lockedSnapshots === "off") return undefined;
  return new LockedSnapshots(
    "snapshots",
    {
      ...{ system: site.system, accountId: site.accountId, values: lockedSnapshots, lockMode, resourceArns, tags },
      primaryKeyArn: keys.primary.arn,
      recoveryKeyArn: keys.recovery.arn,
      disposable: configuration.protection === "disposable",
      recovery,
    },
    primary,
  );
};
