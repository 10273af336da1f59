import * as pulumi from "@pulumi/pulumi";
import type { Standing } from "../../recovery/catalogue/standing";
import type { Site } from "../../recovery/names";
import type { FunctionNetwork } from "../components/network/functionNetwork";
import { Database } from "../components/postgres/database";
import { DatabaseRecoverySide } from "../components/postgres/recoverySide";
import type { EncryptionKey } from "../components/storage/encryptionKey";
import type { ProdConfiguration } from "../config/read";

export interface DatabaseDeployment {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly keys: { readonly primary: EncryptionKey; readonly recovery: EncryptionKey };
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/** The database in the primary region, and what a recovery of it needs in the other one. */
export const deployDatabase = ({ site, configuration, keys, primary, recovery }: DatabaseDeployment) => {
  const { system } = site;
  const { clusters, postgres } = configuration;
  const disposable = configuration.protection === "disposable";
  const database = new Database(
    "postgres",
    {
      ...postgres,
      system,
      vpcId: clusters.primary.vpcId,
      subnetIds: clusters.primary.subnetIds,
      // The applications are in the cluster; no function of this region connects to the database.
      clients: { cluster: clusters.primary.securityGroupId },
      keyArn: keys.primary.arn,
      secretReplica: { region: site.recoveryRegion, keyArn: keys.recovery.arn },
      disposable,
    },
    primary,
  );
  const recoverySide = new DatabaseRecoverySide(
    "postgres",
    {
      ...postgres,
      system,
      subnetIds: clusters.recovery.subnetIds,
      instanceArn: database.instanceArn,
      keyArn: keys.recovery.arn,
      disposable,
    },
    recovery,
  );
  return { database, recoverySide };
};

/** What `dr` makes a restored database with: what stands in the recovery region, and what the protected database is. */
export const standingDatabase = (
  { clusters, postgres }: ProdConfiguration,
  side: DatabaseRecoverySide,
  functions: FunctionNetwork,
): pulumi.Output<NonNullable<Standing["postgres"]>> =>
  pulumi.output({
    database: postgres.database,
    username: postgres.username,
    port: clusters.recovery.databasePort,
    instanceClass: postgres.instanceClass,
    multiAz: postgres.multiAz,
    backupRetentionDays: postgres.backupRetentionDays,
    subnetGroupName: side.subnetGroupName,
    parameterGroupName: side.parameterGroupName,
    vpcId: clusters.recovery.vpcId,
    functionsSecurityGroupId: functions.securityGroupId,
    clusterSecurityGroupId: clusters.recovery.securityGroupId,
  });
