import type * as pulumi from "@pulumi/pulumi";
import type { Site } from "../../recovery/names";
import { FailedJobs } from "../components/backup/failedJobs";
import { COPY_OVERDUE_SECONDS, LockedSnapshots, type LockedSnapshotsArgs } from "../components/backup/lockedSnapshots";
import type { EncryptionKey } from "../components/storage/encryptionKey";
import { SnapshotAlarms } from "../components/watching/snapshotAlarms";
import type { ProdConfiguration } from "../config/read";
import type { DeployedFunctions } from "./prodFunctions";

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

export interface SnapshotsWatch {
  readonly site: Site;
  readonly configuration: Pick<ProdConfiguration, "vault" | "runbooks">;
  readonly functions: Pick<DeployedFunctions, "watch">;
  readonly topicArn: pulumi.Input<string>;
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/** Whoever tells people that snapshots or their copies stopped coming, where there are to be some. */
export const watchSnapshots = ({ site, configuration, functions, topicArn, primary, recovery }: SnapshotsWatch): void => {
  if (configuration.vault.lockedSnapshots === "off") return;
  const { system, accountId, recoveryRegion } = site;
  new FailedJobs(`${system}-snapshot-failures`, { accountId, recoveryRegion, target: functions.watch, recovery }, primary);
  new SnapshotAlarms("snapshots", { system, topicArn, runbooks: configuration.runbooks, alarmAtSeconds: COPY_OVERDUE_SECONDS }, recovery);
};
