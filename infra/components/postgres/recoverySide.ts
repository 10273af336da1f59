import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseNames } from "../../../recovery/names";
import type { PostgresValues } from "../../config/postgres";
import { DatabaseGroups } from "./databaseGroups";
import { DatabaseReplica } from "./databaseReplica";

export interface DatabaseRecoverySideArgs extends PostgresValues {
  readonly system: string;
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly instanceArn: pulumi.Input<string>;
  /** A key of this region: what is under the other one is lost with it. */
  readonly keyArn: pulumi.Input<string>;
  /** Port of this region's databases, and who is let in to a replica. */
  readonly recoveryPort: number;
  readonly clients: Readonly<Record<string, pulumi.Input<string>>>;
  readonly disposable: boolean;
}

/** What a recovery of the database needs in its region: its automated backups and a replica, both kept up to date there, and the groups of a restored one. */
export class DatabaseRecoverySide extends pulumi.ComponentResource {
  readonly subnetGroupName: pulumi.Output<string>;
  readonly parameterGroupName: pulumi.Output<string>;
  readonly automatedBackupsArn: pulumi.Output<string>;
  /** The standing replica; undefined where there is none. */
  readonly replica: DatabaseReplica | undefined;

  constructor(name: string, args: DatabaseRecoverySideArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:DatabaseRecoverySide", name, {}, options);
    const groups = new DatabaseGroups(`${name}-recovery`, { ...args, name: databaseNames(args.system).group }, { parent: this });
    // Protected: another key or retention replaces it, which stops the replication and begins it anew.
    const replication = new aws.rds.InstanceAutomatedBackupsReplication(
      name,
      { sourceDbInstanceArn: args.instanceArn, kmsKeyId: args.keyArn, retentionPeriod: args.recoveryRetentionDays },
      { parent: this, protect: !args.disposable },
    );
    this.replica = args.replica
      ? new DatabaseReplica(
          `${name}-replica`,
          {
            ...args,
            sourceArn: args.instanceArn,
            subnetGroupName: groups.subnetGroupName,
            parameterGroupName: groups.parameterGroupName,
            port: args.recoveryPort,
          },
          { parent: this },
        )
      : undefined;
    this.subnetGroupName = groups.subnetGroupName;
    this.parameterGroupName = groups.parameterGroupName;
    // The resource's id is the ARN of the replicated backups.
    this.automatedBackupsArn = replication.id;
    this.registerOutputs({ automatedBackupsArn: this.automatedBackupsArn });
  }
}
