import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseEndpoint, Standing } from "../../../recovery/catalogue/standing";
import { databaseNames } from "../../../recovery/names";
import type { RecoveryMode } from "../../../recovery/store";
import { clientsOnly } from "./clientsOnly";
import { recoveredPassword, recoveredSecret } from "./recoveredSecret";

export interface RecoveredDatabaseArgs {
  readonly system: string;
  readonly recoveryId: pulumi.Input<string>;
  readonly mode: RecoveryMode;
  /** The pinned source and time. */
  readonly restore: { readonly automatedBackupsArn: pulumi.Input<string>; readonly time: pulumi.Input<string> };
  /** What it is made with: a restore gives AWS's defaults for what it is not told. */
  readonly standing: NonNullable<Standing["postgres"]>;
  /** The group of the cluster, where it is known to this recovery only. */
  readonly clusterSecurityGroupId?: pulumi.Input<string>;
  /** The recovery region's key. */
  readonly keyArn: pulumi.Input<string>;
}

/** Volumes are filled and days of WAL are replayed meanwhile; the provider would give up after 40 minutes, and leave a database behind that is half in the state. */
const TIMEOUTS = { create: "6h", update: "2h", delete: "2h" } as const;

/**
 * A new database from automated backups, at one time, with a password of its own: the old one may be what was lost. Whoever knows the endpoint may
 * connect: it waits for the secret's value and for the rules that let the clients in.
 */
export class RecoveredDatabase extends pulumi.ComponentResource {
  readonly endpoint: pulumi.Output<DatabaseEndpoint>;

  constructor(name: string, args: RecoveredDatabaseArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:RecoveredDatabase", name, {}, options);
    const child = { parent: this };
    const { standing, mode } = args;
    const group = clientsOnly(
      name,
      { ...standing, description: `Restored database of Lifeboat, mode ${mode}`, label: name, clients: clientsOf(args) },
      child,
    );
    const password = recoveredPassword(name, this);
    const instance = restored(name, args, group.groupId, password, { ...child, protect: mode === "failover" });
    const { database, port } = standing;
    const { address: host, username } = instance;
    const value = { engine: "postgres" as const, host, port, dbname: database, username, password };
    const secretArn = recoveredSecret(name, { ...args, value }, child);
    this.endpoint = pulumi
      .output({ host, secretArn, admitted: group.rules.map(({ id }) => id) })
      .apply((known) => ({ host: known.host, port, database, secretArn: known.secretArn }));
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

/** A drill lets nobody in who could take it for production. */
const clientsOf = ({ standing, mode, clusterSecurityGroupId = standing.clusterSecurityGroupId }: RecoveredDatabaseArgs) => ({
  functions: standing.functionsSecurityGroupId,
  ...(mode === "failover" && clusterSecurityGroupId !== undefined ? { cluster: clusterSecurityGroupId } : {}),
});

const restored = (
  name: string,
  args: RecoveredDatabaseArgs,
  securityGroupId: pulumi.Input<string>,
  password: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): aws.rds.Instance => {
  const { standing, mode, restore } = args;
  const identifier = pulumi.output(args.recoveryId).apply((recoveryId) => databaseNames(args.system).recoveredInstance(recoveryId));
  return new aws.rds.Instance(
    name,
    {
      identifier,
      restoreToPointInTime: { sourceDbInstanceAutomatedBackupsArn: restore.automatedBackupsArn, restoreTime: restore.time },
      // Defaults otherwise, with TLS optional and in a default network. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
      dbSubnetGroupName: standing.subnetGroupName,
      parameterGroupName: standing.parameterGroupName,
      vpcSecurityGroupIds: [securityGroupId],
      port: standing.port,
      instanceClass: standing.instanceClass,
      // A drill is looked at once: a standby would double its price and wait for a second volume.
      multiAz: mode === "failover" && standing.multiAz,
      publiclyAccessible: false,
      password,
      // A restore takes no key: it keeps the backups' own, which is this region's. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
      storageEncrypted: true,
      // The provider sets no retention after a restore, which brings the source's: any other value, 0 in a drill too, would be an unseen difference
      // until the next `up` applies it. The backups of a drill go with it.
      backupRetentionPeriod: standing.backupRetentionDays,
      copyTagsToSnapshot: true,
      autoMinorVersionUpgrade: true,
      applyImmediately: true,
      ...keepingOf(mode, identifier),
    },
    {
      ...options,
      // Another time or source, and none at all, would replace the database with what applications wrote to it since. How far its storage may grow
      // comes from the source, and what is not given would turn that off.
      ignoreChanges: ["restoreToPointInTime", "maxAllocatedStorage"],
      customTimeouts: TIMEOUTS,
    },
  );
};

/** A failover's database holds the only copy of what is written from then on; a drill's goes away without a trace. */
const keepingOf = (mode: RecoveryMode, identifier: pulumi.Output<string>) =>
  mode === "drill"
    ? { deletionProtection: false, deleteAutomatedBackups: true, skipFinalSnapshot: true }
    : {
        deletionProtection: true,
        deleteAutomatedBackups: false,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: pulumi.interpolate`${identifier}-final`,
      };
