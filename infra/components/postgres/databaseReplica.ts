import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseNames } from "../../../recovery/names";
import type { PostgresValues } from "../../config/postgres";
import { clientsOnly } from "./clientsOnly";

export interface DatabaseReplicaArgs extends Pick<PostgresValues, "instanceClass"> {
  readonly system: string;
  readonly vpcId: pulumi.Input<string>;
  readonly sourceArn: pulumi.Input<string>;
  readonly subnetGroupName: pulumi.Input<string>;
  readonly parameterGroupName: pulumi.Input<string>;
  /** A key of this region: an encrypted replica of another region must have one. */
  readonly keyArn: pulumi.Input<string>;
  /** Of this region's databases: functions are let out to no other. */
  readonly port: number;
  /** Who is let in, from now on: nothing has to be opened on the worst day. */
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
  readonly disposable: boolean;
}

/**
 * What a promotion changes, and what it takes from its source. None of it is compared again: `prod` made the replica, a failover makes a database of
 * it, and an `up` or `refresh` after that must find nothing to undo.
 */
const CHANGED_BY_PROMOTION = [
  "replicateSourceDb",
  "backupRetentionPeriod",
  "backupWindow",
  "multiAz",
  "deletionProtection",
  "password",
  "username",
  "dbName",
  "engine",
  "engineVersion",
  "allocatedStorage",
  "maxAllocatedStorage",
  "storageType",
];

/**
 * The standing read replica in the recovery region. A failover promotes it, by a function and not by this program: the provider would promote when
 * `replicateSourceDb` goes, and undo or delete what it still took for its own. So `prod` only makes it: it ignores what a promotion changes, and gives
 * it up without deleting it; whoever wants it gone deletes it in RDS, by hand. A disposable system takes its replica along, unless a promotion has
 * turned on its deletion protection.
 */
export class DatabaseReplica extends pulumi.ComponentResource {
  readonly instance: pulumi.Output<string>;
  readonly host: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: DatabaseReplicaArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:DatabaseReplica", name, {}, options);
    const child = { parent: this };
    const identifier = databaseNames(args.system).replica;
    const group = clientsOnly(name, { ...args, description: "Standing replica of PostgreSQL of Lifeboat", label: identifier }, child);
    const replica = new aws.rds.Instance(
      name,
      {
        identifier,
        replicateSourceDb: args.sourceArn,
        instanceClass: args.instanceClass,
        storageEncrypted: true,
        kmsKeyId: args.keyArn,
        dbSubnetGroupName: args.subnetGroupName,
        parameterGroupName: args.parameterGroupName,
        vpcSecurityGroupIds: [group.groupId],
        port: args.port,
        publiclyAccessible: false,
        copyTagsToSnapshot: true,
        autoMinorVersionUpgrade: true,
        deletionProtection: !args.disposable,
        // A replica takes no final snapshot. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
        skipFinalSnapshot: true,
        applyImmediately: true,
      },
      {
        ...child,
        protect: !args.disposable,
        retainOnDelete: !args.disposable,
        ignoreChanges: CHANGED_BY_PROMOTION,
        // A copy of every byte crosses between the regions first.
        customTimeouts: { create: "6h" },
      },
    );
    this.instance = replica.identifier;
    // Whoever reads the address may connect.
    this.host = pulumi.output({ host: replica.address, admitted: group.rules.map(({ id }) => id) }).apply(({ host }) => host);
    this.securityGroupId = group.groupId;
    this.registerOutputs({ instance: this.instance });
  }
}
