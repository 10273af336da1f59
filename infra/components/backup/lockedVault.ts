import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface LockedVaultArgs {
  readonly vaultName: string;
  readonly keyArn: pulumi.Input<string>;
  readonly lockMode: "GOVERNANCE" | "COMPLIANCE";
  /** Shortest and longest time for which a copy may be kept: AWS Backup refuses a job that would keep one otherwise. Days. */
  readonly keptDays: { readonly shortest: number; readonly longest: number };
  /** Days in which a compliance lock can still be taken off. */
  readonly graceDays: number;
  readonly disposable: boolean;
}

/**
 * The vault that copies of snapshots are locked in. In compliance mode nobody, the account's root included, can shorten what is in it once the grace
 * time is over; in governance mode whoever may change the lock can. https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
export class LockedVault extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: LockedVaultArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:backup:LockedVault", name, {}, options);
    const held = { parent: this, protect: !args.disposable };
    const vault = new aws.backup.Vault(name, { name: args.vaultName, kmsKeyArn: args.keyArn, forceDestroy: args.disposable }, held);
    const lock = new aws.backup.VaultLockConfiguration(
      name,
      {
        backupVaultName: vault.name,
        minRetentionDays: args.keptDays.shortest,
        maxRetentionDays: args.keptDays.longest,
        ...(args.lockMode === "COMPLIANCE" ? { changeableForDays: args.graceDays } : {}),
      },
      held,
    );
    // Who copies into it finds it locked.
    this.arn = pulumi.output({ arn: vault.arn, locked: lock.id }).apply(({ arn }) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}
