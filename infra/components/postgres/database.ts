import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { DatabaseEndpoint } from "../../../recovery/catalogue/standing";
import { databaseNames } from "../../../recovery/names";
import type { PostgresValues } from "../../config/postgres";
import { clientsOnly } from "./clientsOnly";
import { DatabaseGroups } from "./databaseGroups";
import { DatabaseSecret } from "./databaseSecret";

export interface DatabaseArgs extends PostgresValues {
  readonly system: string;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Who is let in to the port, and nobody else; by what they are to a reader. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
  readonly keyArn: pulumi.Input<string>;
  readonly secretReplica: { readonly region: string; readonly keyArn: pulumi.Input<string> };
  readonly disposable: boolean;
}

/** The protected PostgreSQL database: encrypted, in a network of its clients only, and hard to lose. */
export class Database extends pulumi.ComponentResource {
  readonly instanceArn: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<DatabaseEndpoint>;

  constructor(name: string, args: DatabaseArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:Database", name, {}, options);
    const child = { parent: this };
    const names = databaseNames(args.system);
    const groups = new DatabaseGroups(`${name}-primary`, { ...args, name: names.group }, child);
    const password = masterPassword(name, child);
    const group = clientsOnly(name, { ...args, description: "PostgreSQL database of Lifeboat", label: names.instance }, child);
    const instance = new aws.rds.Instance(
      name,
      {
        ...settingsOf(args),
        identifier: names.instance,
        password,
        dbSubnetGroupName: groups.subnetGroupName,
        parameterGroupName: groups.parameterGroupName,
        vpcSecurityGroupIds: [group.groupId],
        ...keepingOf(args.disposable, names.instance),
      },
      { parent: this, protect: !args.disposable },
    );
    const { address: host, port } = instance;
    const { database, username, keyArn, disposable } = args;
    const value = { engine: "postgres" as const, host, port, dbname: database, username, password };
    const secret = new DatabaseSecret(name, { secretName: names.secret, keyArn, replica: args.secretReplica, value, disposable }, child);
    this.instanceArn = instance.arn;
    this.endpoint = pulumi.output({ host, port, database, secretArn: secret.arn });
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

/**
 * The program's own: it is rotated by replacing this resource, which changes the database and its secret in one update. No change of it is ignored,
 * because a rotation by somebody else would be undone by the next replacement and must not be begun.
 * RDS refuses "/", "@", quotes and spaces; letters and digits alone need no quoting in a URL either, and 32 of them are 190 bits.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
const masterPassword = (name: string, child: pulumi.CustomResourceOptions): pulumi.Output<string> =>
  new random.RandomPassword(name, { length: 32, special: false }, child).result;

const settingsOf = (args: DatabaseArgs) => ({
  engine: "postgres",
  engineVersion: args.engineVersion,
  instanceClass: args.instanceClass,
  storageType: "gp3",
  allocatedStorage: args.allocatedStorage,
  maxAllocatedStorage: args.maxAllocatedStorage,
  storageEncrypted: true,
  kmsKeyId: args.keyArn,
  multiAz: args.multiAz,
  publiclyAccessible: false,
  dbName: args.database,
  username: args.username,
  port: args.port,
  backupRetentionPeriod: args.backupRetentionDays,
  backupWindow: args.backupWindow,
  maintenanceWindow: args.maintenanceWindow,
  copyTagsToSnapshot: true,
  autoMinorVersionUpgrade: true,
  // A change of retention or of a group must not wait for a week's maintenance.
  applyImmediately: true,
});

/** Whoever deletes the instance keeps its automated backups and a last snapshot, and has to take the protection off first. */
const keepingOf = (disposable: boolean, instance: string) =>
  disposable
    ? { deletionProtection: false, deleteAutomatedBackups: true, skipFinalSnapshot: true }
    : {
        deletionProtection: true,
        deleteAutomatedBackups: false,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `${instance}-final`,
      };
