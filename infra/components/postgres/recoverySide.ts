import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { databaseNames } from "../../../recovery/names";
import type { PostgresValues } from "../../config/postgres";
import { DatabaseGroups } from "./databaseGroups";

export interface DatabaseRecoverySideArgs extends PostgresValues {
  readonly system: string;
  readonly subnetIds: readonly string[];
  readonly instanceArn: pulumi.Input<string>;
  /** A key of this region: what is under the other one is lost with it. */
  readonly keyArn: pulumi.Input<string>;
  readonly disposable: boolean;
}

/** What a recovery of the database needs in its region: its automated backups, replicated there, and the groups that a restored database is given. */
export class DatabaseRecoverySide extends pulumi.ComponentResource {
  readonly subnetGroupName: pulumi.Output<string>;
  readonly parameterGroupName: pulumi.Output<string>;
  readonly automatedBackupsArn: pulumi.Output<string>;

  constructor(name: string, args: DatabaseRecoverySideArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:DatabaseRecoverySide", name, {}, options);
    const groups = new DatabaseGroups(`${name}-recovery`, { ...args, name: databaseNames(args.system).group }, { parent: this });
    // Protected: another key or retention replaces it, which stops the replication and begins it anew.
    const replication = new aws.rds.InstanceAutomatedBackupsReplication(
      name,
      { sourceDbInstanceArn: args.instanceArn, kmsKeyId: args.keyArn, retentionPeriod: args.recoveryRetentionDays },
      { parent: this, protect: !args.disposable },
    );
    this.subnetGroupName = groups.subnetGroupName;
    this.parameterGroupName = groups.parameterGroupName;
    // The resource's id is the ARN of the replicated backups.
    this.automatedBackupsArn = replication.id;
    this.registerOutputs({ automatedBackupsArn: this.automatedBackupsArn });
  }
}
