import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { snapshotsName } from "../../../recovery/names";
import { type SnapshotRetention, snapshotRetention } from "../../../recovery/retention/system";
import type { LockedSnapshotsValues } from "../../config/lockedSnapshots";
import { servicePrincipalTrust } from "../../iam/policy";
import { LockedVault } from "./lockedVault";

export interface LockedSnapshotsArgs {
  readonly system: string;
  readonly accountId: string;
  readonly values: LockedSnapshotsValues;
  readonly lockMode: "GOVERNANCE" | "COMPLIANCE";
  /** What is backed up: ARNs of the database and of whatever else AWS Backup knows. */
  readonly resourceArns: readonly pulumi.Input<string>[];
  /** Beside them: whatever has one of these tags, such as volumes that Kubernetes makes and names. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly primaryKeyArn: pulumi.Input<string>;
  readonly recoveryKeyArn: pulumi.Input<string>;
  readonly disposable: boolean;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/** AWS's own: it covers snapshots of RDS and of EBS, their copies and the keys. https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html */
const BACKUP_POLICY = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";

/**
 * A job begins within its window and is then given its time: so an hourly copy is there two to three hours after it was due at the latest, and "never a
 * day old" has room for the hours in which AWS Backup leaves RDS alone: around its own backup window and its maintenance window.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html
 */
const START_WINDOW_MINUTES = 60;
const COMPLETION_WINDOW_MINUTES = 180;

/** An hourly copy that is not there after this time was due and did not come twice: a run that began and ended as late as it may, and the one after it. */
export const COPY_OVERDUE_SECONDS = 2 * 60 * (60 + START_WINDOW_MINUTES + COMPLETION_WINDOW_MINUTES);

const HOURLY = "cron(0 * * * ? *)";
const DAILY = "cron(30 5 * * ? *)";

/**
 * Snapshots by AWS Backup, hourly and daily, each copied into a locked vault of the recovery region under that region's key. They are what remains when
 * somebody deletes the database, its automated backups and its replica: `pg_dump` is a day apart, these are an hour.
 * They are of the whole instance. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.AWSBackup.html
 */
export class LockedSnapshots extends pulumi.ComponentResource {
  readonly vaultArn: pulumi.Output<string>;

  constructor(name: string, args: LockedSnapshotsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:backup:LockedSnapshots", name, {}, options);
    const child = { parent: this };
    const { system, values, disposable } = args;
    const vaultName = snapshotsName(system);
    const { hourly, daily } = snapshotRetention(values);
    const lockedDays = [hourly.lockedDays, daily.lockedDays];
    const keptDays = { shortest: Math.min(...lockedDays), longest: Math.max(...lockedDays) };
    const locked = new LockedVault(
      `${name}-locked`,
      { vaultName, keyArn: args.recoveryKeyArn, lockMode: args.lockMode, keptDays, graceDays: values.graceDays, disposable },
      { ...args.recovery, parent: this },
    );
    const source = new aws.backup.Vault(
      name,
      { name: vaultName, kmsKeyArn: args.primaryKeyArn, forceDestroy: disposable },
      { parent: this, protect: !disposable },
    );
    const rule = (ruleName: string, schedule: string, { primaryDays, lockedDays }: SnapshotRetention) => ({
      ruleName,
      schedule,
      scheduleExpressionTimezone: "Etc/UTC",
      targetVaultName: source.name,
      startWindow: START_WINDOW_MINUTES,
      completionWindow: COMPLETION_WINDOW_MINUTES,
      lifecycle: { deleteAfter: primaryDays },
      copyActions: [{ destinationVaultArn: locked.arn, lifecycle: { deleteAfter: lockedDays } }],
    });
    const plan = new aws.backup.Plan(
      name,
      {
        name: vaultName,
        rules: [rule("hourly", HOURLY, hourly), rule("daily", DAILY, daily)],
      },
      child,
    );
    const selected = { planId: plan.id, iamRoleArn: backupRole(name, args, child) };
    if (args.resourceArns.length > 0)
      new aws.backup.Selection(name, { ...selected, name: vaultName, resources: [...args.resourceArns] }, child);
    // A selection of its own: within one, AWS Backup takes resources and tags together to narrow it down.
    if (args.tags.length > 0)
      new aws.backup.Selection(
        `${name}-tagged`,
        {
          ...selected,
          name: `${vaultName}-tagged`,
          selectionTags: args.tags.map(({ key, value }) => ({ type: "STRINGEQUALS", key, value })),
        },
        child,
      );
    this.vaultArn = locked.arn;
    this.registerOutputs({ vaultArn: this.vaultArn });
  }
}

/** The role that AWS Backup makes and copies snapshots under; it is not the deploying person's, and may do nothing else. */
const backupRole = (
  name: string,
  { system, accountId }: LockedSnapshotsArgs,
  child: pulumi.CustomResourceOptions,
): pulumi.Output<string> => {
  const role = new aws.iam.Role(
    name,
    {
      name: snapshotsName(system),
      description: "AWS Backup: takes snapshots and copies them to the recovery region",
      assumeRolePolicy: servicePrincipalTrust("backup.amazonaws.com", accountId),
    },
    child,
  );
  const attached = new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn: BACKUP_POLICY }, child);
  return pulumi.output({ arn: role.arn, attached: attached.id }).apply(({ arn }) => arn);
};
