import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseEndpoint } from "../../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import {
  arnRefusals,
  type DatabaseFacts,
  type DatabaseWanted,
  databaseOf,
  databaseRefusals,
  databaseWarnings,
  parseInstanceArn,
} from "../../../recovery/existing/database";
import { refusedFor } from "../../../recovery/existing/refusal";
import type { ExistingPostgresValues } from "../../config/existing";
import type { PostgresValues } from "../../config/postgres";

/** What RDS says of an existing instance, as far as a recovery makes another one like it. */
export interface ExistingDatabaseFacts extends DatabaseFacts {
  readonly allocatedStorage: number;
  readonly maxAllocatedStorage: number;
  readonly maintenanceWindow: string;
}

export interface DatabasePlace {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Reads the database and refuses what cannot be protected, with every reason at once and before anything is created. Nothing of it is ever changed:
 * the program only reads it.
 */
export const readExistingDatabase = async (
  { existing }: ExistingPostgresValues,
  place: DatabasePlace,
  options: pulumi.InvokeOptions,
): Promise<ExistingDatabaseFacts> => {
  const wanted: DatabaseWanted = { ...existing, ...place };
  const unfit = arnRefusals(wanted);
  const instance = parseInstanceArn(existing.instanceArn);
  if (instance === undefined || unfit.length > 0) throw refusedFor("The database cannot be protected", unfit);
  const facts = factsOf(await describe(instance.identifier, place, options));
  const refusals = databaseRefusals(facts, wanted);
  if (refusals.length > 0) throw refusedFor(`The database ${facts.identifier} cannot be protected as it is`, refusals);
  return facts;
};

const describe = async (
  identifier: string,
  { region }: DatabasePlace,
  options: pulumi.InvokeOptions,
): Promise<aws.rds.GetInstanceResult> => {
  try {
    return await aws.rds.getInstance({ dbInstanceIdentifier: identifier }, options);
  } catch (error) {
    throw new LifeboatError({
      code: "target-refused",
      what: `The database ${identifier} in ${region} could not be read; nothing was changed: ${messageOf(error)}`,
      received: identifier,
      allowed: "a database instance that exists",
      hint: "Check lifeboat:postgres.existing.instanceArn and that the deployment may call rds:DescribeDBInstances",
      cause: error,
    });
  }
};

const factsOf = (found: aws.rds.GetInstanceResult): ExistingDatabaseFacts => ({
  arn: found.dbInstanceArn,
  identifier: found.dbInstanceIdentifier,
  engine: found.engine,
  engineVersion: found.engineVersion,
  encrypted: found.storageEncrypted,
  backupRetentionDays: found.backupRetentionPeriod,
  backupWindow: found.preferredBackupWindow,
  instanceClass: found.dbInstanceClass,
  multiAz: found.multiAz,
  cluster: found.dbClusterIdentifier,
  replicaOf: found.replicateSourceDb,
  parameterGroups: found.dbParameterGroups,
  host: found.address,
  port: found.port,
  username: found.masterUsername,
  database: found.dbName,
  allocatedStorage: found.allocatedStorage,
  maxAllocatedStorage: found.maxAllocatedStorage,
  maintenanceWindow: found.preferredMaintenanceWindow,
});

/** What the recovery side is made with: the database's own settings, and what is configured for its recovery. */
export const effectiveValues = (values: ExistingPostgresValues, facts: ExistingDatabaseFacts): PostgresValues => {
  const { existing, ...configured } = values;
  return {
    ...configured,
    engineVersion: String(Number.parseInt(facts.engineVersion, 10)),
    instanceClass: facts.instanceClass,
    allocatedStorage: facts.allocatedStorage,
    maxAllocatedStorage: facts.maxAllocatedStorage,
    multiAz: facts.multiAz,
    database: databaseOf(facts, existing),
    username: facts.username,
    port: facts.port,
    backupRetentionDays: facts.backupRetentionDays,
    backupWindow: facts.backupWindow,
    maintenanceWindow: facts.maintenanceWindow,
  };
};

export interface ExistingDatabaseArgs {
  readonly values: ExistingPostgresValues;
  readonly facts: ExistingDatabaseFacts;
}

/** A database that is not Lifeboat's, in the place of one that it makes. It has no resources: there is nothing to change, and nothing to destroy. */
export class ExistingDatabase extends pulumi.ComponentResource {
  readonly instanceArn: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<DatabaseEndpoint>;

  constructor(name: string, { values: { existing }, facts }: ExistingDatabaseArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:existing:ExistingDatabase", name, {}, options);
    for (const warning of databaseWarnings(facts)) pulumi.log.warn(warning, this);
    const { host, port } = facts;
    this.instanceArn = pulumi.output(facts.arn);
    this.endpoint = pulumi.output({ host, port, database: databaseOf(facts, existing), secretArn: existing.secretArn });
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
