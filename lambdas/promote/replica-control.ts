import { ModifyDBInstanceCommand, PromoteReadReplicaCommand, type RDSClient } from "@aws-sdk/client-rds";

/** What a replica becomes with its promotion. */
export interface PromotedSettings {
  readonly masterPassword: string;
  readonly multiAz: boolean;
}

/** What is done to a replica. RDS answers before it is done. */
export interface ReplicaControl {
  promote(instance: string, backups: { readonly retentionDays: number; readonly window: string }): Promise<void>;
  /** The same settings twice change nothing. */
  settle(instance: string, settings: PromotedSettings): Promise<void>;
}

export const rdsReplicaControl = (client: RDSClient): ReplicaControl => ({
  promote: async (instance, { retentionDays, window }) => {
    await client.send(
      new PromoteReadReplicaCommand({
        DBInstanceIdentifier: instance,
        // Not given, it has no backups. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html
        BackupRetentionPeriod: retentionDays,
        PreferredBackupWindow: window,
      }),
    );
  },
  settle: async (instance, { masterPassword, multiAz }) => {
    await client.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: instance,
        MasterUserPassword: masterPassword,
        DeletionProtection: true,
        MultiAZ: multiAz,
        ApplyImmediately: true,
      }),
    );
  },
});
