import * as pulumi from "@pulumi/pulumi";
import type { Standing } from "../../recovery/catalogue/standing";
import { databaseNames, type Site } from "../../recovery/names";
import type { ClusterPlace } from "../components/cluster/clusterPlace";
import {
  ExistingDatabase,
  type ExistingDatabaseArgs,
  effectiveValues,
  readExistingDatabase,
} from "../components/existing/existingDatabase";
import type { FunctionNetwork } from "../components/network/functionNetwork";
import { Database } from "../components/postgres/database";
import { DatabaseRecoverySide } from "../components/postgres/recoverySide";
import type { EncryptionKey } from "../components/storage/encryptionKey";
import type { PostgresValues } from "../config/postgres";
import type { ProdConfiguration } from "../config/read";

/** The database that is protected, before anything of it is made. */
export interface ProtectedDatabase {
  /** RDS's identifier of it: its automated backups are found by it. */
  readonly identifier: string;
  /** What it is set to, and what is configured for its recovery. */
  readonly values: PostgresValues;
  /** Present when it is not Lifeboat's. */
  readonly existing?: ExistingDatabaseArgs;
}

/**
 * The database as it is configured, or, where it exists, as it is found.
 * @throws LifeboatError `target-refused`, with every reason, when one that exists cannot be protected
 */
export const findDatabase = async (
  { system, accountId, primaryRegion: region }: Site,
  postgres: ProdConfiguration["postgres"],
  primary: pulumi.InvokeOptions,
): Promise<ProtectedDatabase> => {
  if (!("existing" in postgres)) return { identifier: databaseNames(system).instance, values: postgres };
  const facts = await readExistingDatabase(postgres, { region, accountId }, primary);
  return { identifier: facts.identifier, values: effectiveValues(postgres, facts), existing: { values: postgres, facts } };
};

export interface DatabaseDeployment {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly found: ProtectedDatabase;
  readonly places: { readonly primary: ClusterPlace; readonly recovery: ClusterPlace };
  /** Of the recovery region: they are let in to a database there. */
  readonly recoveryFunctions: FunctionNetwork;
  readonly keys: { readonly primary: EncryptionKey; readonly recovery: EncryptionKey };
  readonly primary: pulumi.ComponentResourceOptions;
  readonly recovery: pulumi.ComponentResourceOptions;
}

/** The database in the primary region, and what a recovery of it needs in the other one. */
export const deployDatabase = (deployment: DatabaseDeployment) => {
  const { site, configuration, found, places, keys, recoveryFunctions, primary, recovery } = deployment;
  const database = found.existing === undefined ? madeDatabase(deployment) : new ExistingDatabase("postgres", found.existing, primary);
  const recoverySide = new DatabaseRecoverySide(
    "postgres",
    {
      ...found.values,
      system: site.system,
      vpcId: places.recovery.vpcId,
      subnetIds: places.recovery.subnetIds,
      recoveryPort: replicaPort(configuration.clusters),
      clients: { functions: recoveryFunctions.securityGroupId, ...clusterOf(places.recovery) },
      instanceArn: database.instanceArn,
      keyArn: keys.recovery.arn,
      disposable: configuration.protection === "disposable",
    },
    recovery,
  );
  return { database, recoverySide };
};

const madeDatabase = ({ site, configuration, found, places, keys, primary }: DatabaseDeployment): Database =>
  new Database(
    "postgres",
    {
      ...found.values,
      system: site.system,
      vpcId: places.primary.vpcId,
      subnetIds: places.primary.subnetIds,
      // The applications are in the cluster; no function of this region connects to the database.
      clients: clusterOf(places.primary),
      keyArn: keys.primary.arn,
      secretReplica: { region: site.recoveryRegion, keyArn: keys.recovery.arn },
      disposable: configuration.protection === "disposable",
    },
    primary,
  );

/** A cluster that is still to be made has no group yet: who makes it lets it in. */
const clusterOf = ({ securityGroupId }: ClusterPlace): Readonly<Record<string, pulumi.Input<string>>> =>
  securityGroupId === undefined ? {} : { cluster: securityGroupId };

export interface StandingDatabaseArgs {
  readonly found: ProtectedDatabase;
  /** Of the recovery region, as the other two. */
  readonly place: ClusterPlace;
  readonly side: DatabaseRecoverySide;
  readonly functions: FunctionNetwork;
}

/** What `dr` makes a restored database with: what stands in the recovery region, and what the protected database is. */
export const standingDatabase = (
  { clusters, watch }: ProdConfiguration,
  { found: { identifier, values }, place, side, functions }: StandingDatabaseArgs,
): pulumi.Output<NonNullable<Standing["postgres"]>> =>
  pulumi.output({
    instance: identifier,
    database: values.database,
    username: values.username,
    port: clusters.recovery.databasePort,
    instanceClass: values.instanceClass,
    multiAz: values.multiAz,
    backupRetentionDays: values.backupRetentionDays,
    backupWindow: values.backupWindow,
    ...(side.replica === undefined
      ? {}
      : {
          replica: {
            instance: side.replica.instance,
            host: side.replica.host,
            port: replicaPort(clusters),
            securityGroupId: side.replica.securityGroupId,
            lagPeriodSeconds: watch.replicaLagPeriod,
          },
        }),
    subnetGroupName: side.subnetGroupName,
    parameterGroupName: side.parameterGroupName,
    vpcId: place.vpcId,
    functionsSecurityGroupId: functions.securityGroupId,
    ...(place.securityGroupId === undefined ? {} : { clusterSecurityGroupId: place.securityGroupId }),
  });

/** A restored database and the replica have an address each, and usually one port. */
export const replicaPort = ({ recovery }: ProdConfiguration["clusters"]): number => recovery.replicaPort ?? recovery.databasePort;
