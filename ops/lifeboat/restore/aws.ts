import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type DBInstance,
  DBInstanceAutomatedBackupNotFoundFault,
  DBInstanceNotFoundFault,
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
  StartDBInstanceAutomatedBackupsReplicationCommand,
} from "@aws-sdk/client-rds";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { DatabaseSecret, LiveEndpoints } from "../../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { databaseNames, parameterNames } from "../../../recovery/names";
import type { RestoreOptions } from "./options";
import type { PrimaryDatabases, RecoveryDatabases, RestoreTools } from "./ports";
import { proveWith } from "./prove";

/** Where and as whom AWS is called; what is not given comes from the environment. */
export interface Access {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface RestoreWays {
  readonly access: Access;
  /** A PEM file that a database's certificate is verified by. */
  readonly authoritiesFile?: string;
  readonly pollMs: number;
  readonly now: () => Date;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface Connection {
  readonly tools: RestoreTools;
  close(): void;
}

/** @throws LifeboatError, code configuration, when a connection to the database is wanted and cannot be verified. */
export const connectRestore = (options: RestoreOptions, { access, authoritiesFile, pollMs, now, say, signal }: RestoreWays): Connection => {
  const authorities = options.connects ? readAuthorities(authoritiesFile) : undefined;
  const [here, there] = [
    { ...access, region: options.region },
    { ...access, region: options.recoveryRegion },
  ];
  const [rds, otherRds, secrets, ssm] = [new RDSClient(here), new RDSClient(there), new SecretsManagerClient(here), new SSMClient(there)];
  const secret = () => readSecret(secrets, databaseNames(options.system).secret);
  return {
    tools: {
      primary: primaryDatabases(rds),
      recovery: recoveryDatabases(otherRds),
      servingRegion: () => servingRegion(ssm, options.system),
      ...(authorities === undefined ? {} : { prove: proveWith({ secret, authorities, now, say, signal }) }),
      now,
      pause: async () => sleep(pollMs, undefined, { signal }),
      say,
      signal,
    },
    close: () => {
      for (const client of [rds, otherRds, secrets, ssm]) client.destroy();
    },
  };
};

export const primaryDatabases = (rds: RDSClient): PrimaryDatabases => ({
  instance: (identifier) => described(rds, new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
  byResource: (resourceId) =>
    described(rds, new DescribeDBInstancesCommand({ Filters: [{ Name: "dbi-resource-id", Values: [resourceId] }] })),
  backups: (resourceId) => backupsOf(rds, resourceId),
  restore: async (request) => void (await rds.send(new RestoreDBInstanceToPointInTimeCommand(request))),
  modify: async (request) => void (await rds.send(new ModifyDBInstanceCommand(request))),
  remove: async (identifier) =>
    void (await rds.send(
      new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: false }),
    )),
});

export const recoveryDatabases = (rds: RDSClient): RecoveryDatabases => ({
  replicated: (resourceId) => backupsOf(rds, resourceId),
  replicate: async (request) => {
    const { DBInstanceAutomatedBackup } = await rds.send(new StartDBInstanceAutomatedBackupsReplicationCommand(request));
    return DBInstanceAutomatedBackup?.DBInstanceAutomatedBackupsArn ?? "";
  },
});

const described = async (rds: RDSClient, command: DescribeDBInstancesCommand): Promise<DBInstance | undefined> => {
  try {
    const { DBInstances = [] } = await rds.send(command);
    return DBInstances[0];
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return undefined;
    throw error;
  }
};

const backupsOf = async (rds: RDSClient, resourceId: string) => {
  try {
    const { DBInstanceAutomatedBackups = [] } = await rds.send(
      new DescribeDBInstanceAutomatedBackupsCommand({ DbiResourceId: resourceId }),
    );
    return DBInstanceAutomatedBackups[0];
  } catch (error) {
    if (error instanceof DBInstanceAutomatedBackupNotFoundFault) return undefined;
    throw error;
  }
};

const servingRegion = async (ssm: SSMClient, system: string): Promise<string | undefined> => {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterNames(system).live }));
    return LiveEndpoints.parse(JSON.parse(Parameter?.Value ?? "null")).region;
  } catch {
    return undefined;
  }
};

const readSecret = async (secrets: SecretsManagerClient, name: string): Promise<DatabaseSecret> => {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: name }));
  const parsed = DatabaseSecret.safeParse(jsonOf(SecretString));
  if (parsed.success) return parsed.data;
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The secret ${name} does not hold the database's user and password`,
    allowed: "engine, host, port, dbname, username and password, as JSON",
    hint: "Look who changed it, or run this with --without-connection",
  });
};

// Node quotes the text in its message: a malformed secret would be shown.
const jsonOf = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
};

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html */
const BUNDLE = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem";

const readAuthorities = (file: string | undefined): string => {
  try {
    if (file === undefined) throw new Error("no file");
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new LifeboatError({
      code: "configuration",
      what: "The restored database's certificate cannot be verified",
      received: `NODE_EXTRA_CA_CERTS: ${messageOf(cause)}`,
      allowed: "a PEM file with the authorities of RDS",
      hint: `curl -o rds.pem ${BUNDLE} && export NODE_EXTRA_CA_CERTS=$PWD/rds.pem; or --without-connection, and RDS's word is all that is taken`,
      cause,
    });
  }
};
