import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseEndpoint, DatabaseSecret, Standing } from "../../../recovery/catalogue/standing";
import { databaseNames } from "../../../recovery/names";
import type { RecoveryMode } from "../../../recovery/store";

export interface RecoveredDatabaseArgs {
  readonly system: string;
  readonly recoveryId: pulumi.Input<string>;
  readonly mode: RecoveryMode;
  /** The pinned source and time. */
  readonly restore: { readonly automatedBackupsArn: pulumi.Input<string>; readonly time: pulumi.Input<string> };
  /** What it is made with: a restore gives AWS's defaults for what it is not told. */
  readonly standing: NonNullable<Standing["postgres"]>;
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
    const group = new aws.ec2.SecurityGroup(
      name,
      { vpcId: standing.vpcId, description: `A restored database of Lifeboat's, mode ${mode}`, tags: { Name: name } },
      child,
    );
    const rules = Object.entries(clientsOf(args)).map(([client, id]) => ingress(`${name}-${client}`, client, group.id, id, args, child));
    // Without the provider of its parent, which is AWS's. Letters and digits alone: RDS refuses "/", "@", quotes and spaces.
    const password = new random.RandomPassword(name, { length: 32, special: false }, { parent: this, provider: undefined });
    const instance = restored(name, args, group.id, password.result, { ...child, protect: mode === "failover" });
    const { database, port } = standing;
    const secretArn = keptSecret(name, args, child, {
      engine: "postgres",
      host: instance.address,
      port,
      dbname: database,
      username: instance.username,
      password: password.result,
    });
    this.endpoint = pulumi
      .output({ host: instance.address, secretArn, admitted: rules.map(({ id }) => id) })
      .apply((known) => ({ host: known.host, port, database, secretArn: known.secretArn }));
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

/** A drill lets nobody in who could take it for production. */
const clientsOf = ({ standing, mode }: RecoveredDatabaseArgs): Readonly<Record<string, string>> => ({
  functions: standing.functionsSecurityGroupId,
  ...(mode === "failover" ? { cluster: standing.clusterSecurityGroupId } : {}),
});

const ingress = (
  name: string,
  client: string,
  securityGroupId: pulumi.Input<string>,
  referencedSecurityGroupId: string,
  { standing: { port } }: RecoveredDatabaseArgs,
  child: pulumi.CustomResourceOptions,
): aws.vpc.SecurityGroupIngressRule =>
  new aws.vpc.SecurityGroupIngressRule(
    name,
    {
      ...{ ipProtocol: "tcp", securityGroupId, referencedSecurityGroupId, fromPort: port, toPort: port },
      description: `${client} to PostgreSQL`,
    },
    child,
  );

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

/** The ARN of this recovery's secret, once its value is there. */
const keptSecret = (
  name: string,
  { system, recoveryId, mode, keyArn }: RecoveredDatabaseArgs,
  child: pulumi.CustomResourceOptions,
  value: { readonly [Field in keyof DatabaseSecret]: pulumi.Input<DatabaseSecret[Field]> },
): pulumi.Output<string> => {
  const secret = new aws.secretsmanager.Secret(
    name,
    {
      name: pulumi.output(recoveryId).apply((id) => databaseNames(system).recoveredSecret(id)),
      description: "How to connect to a restored database: the form of AWS's rotation functions",
      kmsKeyId: keyArn,
      recoveryWindowInDays: mode === "drill" ? 0 : 30,
    },
    { ...child, protect: mode === "failover" },
  );
  const version = new aws.secretsmanager.SecretVersion(name, { secretId: secret.id, secretString: pulumi.jsonStringify(value) }, child);
  return pulumi.all([secret.arn, version.versionId]).apply(([arn]) => arn);
};
