import type { Refusal } from "./refusal";

/** An instance's ARN, taken apart. */
export interface InstanceArn {
  readonly region: string;
  readonly accountId: string;
  readonly identifier: string;
}

const INSTANCE_ARN = /^arn:aws[a-z-]*:rds:([a-z0-9-]+):(\d{12}):db:([a-z][a-z0-9-]*)$/;

/** Undefined for what is no instance's ARN, a cluster's among others. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.ARN.html */
export const parseInstanceArn = (arn: string): InstanceArn | undefined => {
  const [, region, accountId, identifier] = INSTANCE_ARN.exec(arn) ?? [];
  return region === undefined || accountId === undefined || identifier === undefined ? undefined : { region, accountId, identifier };
};

/** A database as RDS describes it. Empty text where it says nothing. */
export interface DatabaseFacts {
  readonly arn: string;
  readonly identifier: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly encrypted: boolean;
  readonly backupRetentionDays: number;
  readonly backupWindow: string;
  readonly instanceClass: string;
  readonly multiAz: boolean;
  /** The cluster that it is a member of. */
  readonly cluster: string;
  /** The instance that it is a read replica of. */
  readonly replicaOf: string;
  readonly parameterGroups: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** The database that RDS made with it, if any. */
  readonly database: string;
}

export interface DatabaseWanted {
  readonly instanceArn: string;
  readonly secretArn: string;
  readonly region: string;
  readonly accountId: string;
  /** By configuration, where RDS made no database or another one is meant. */
  readonly database?: string;
}

/** Release of PostgreSQL that the rest of Lifeboat begins with. */
const OLDEST_MAJOR = 13;

const USER_GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide";

/** What configuration alone says, before RDS is asked. */
export const arnRefusals = ({ instanceArn, secretArn, region, accountId }: DatabaseWanted): readonly Refusal[] => {
  const instance = parseInstanceArn(instanceArn);
  const [, , service, secretRegion, secretAccount] = secretArn.split(":");
  const at = `${region} of account ${accountId}`;
  return [
    ...(instance === undefined
      ? [
          {
            reason: `${instanceArn} is not the ARN of a database instance`,
            hint: "It reads arn:aws:rds:REGION:ACCOUNT:db:NAME; Aurora and Multi-AZ clusters (…:cluster:…) are not supported, because RDS replicates the automated backups of instances only",
          },
        ]
      : []),
    ...(instance !== undefined && (instance.region !== region || instance.accountId !== accountId)
      ? [
          {
            reason: `${instanceArn} is in ${instance.region} of account ${instance.accountId}, not in ${at}`,
            hint: "Protect a database from the stack of its own region and account: check lifeboat:regions.primary and the credentials",
          },
        ]
      : []),
    ...(service !== "secretsmanager" || secretRegion !== region || secretAccount !== accountId
      ? [
          {
            reason: `${secretArn} is not the ARN of a secret in ${at}`,
            hint: "Keep how to connect in a secret of Secrets Manager beside the database, as JSON with engine, host, port, dbname, username and password",
          },
        ]
      : []),
  ];
};

/** Why a database cannot be protected as it is: what is needed cannot be changed without changing what is not ours. */
export const databaseRefusals = (found: DatabaseFacts, wanted: DatabaseWanted): readonly Refusal[] => [
  ...engineRefusals(found),
  ...(found.encrypted ? [] : [unencrypted(found)]),
  ...(found.backupRetentionDays > 0 ? [] : [withoutBackups(found)]),
  ...standingRefusals(found),
  ...(databaseOf(found, wanted) === "" ? [withoutName(found)] : []),
];

/** What a person should know; protection works all the same. */
export const databaseWarnings = (found: DatabaseFacts): readonly string[] => [
  ...tlsWarnings(found),
  ...(found.multiAz ? [] : [`${found.identifier} has no standby in a second availability zone: the loss of its zone is an outage`]),
];

/** The database to connect to: the configured one, else the one that RDS made. */
export const databaseOf = (found: DatabaseFacts, { database }: Pick<DatabaseWanted, "database">): string => database ?? found.database;

const majorOf = (engineVersion: string): number => Number.parseInt(engineVersion, 10);

const engineRefusals = ({ identifier, engine, engineVersion, cluster }: DatabaseFacts): readonly Refusal[] => {
  if (cluster !== "" || engine.startsWith("aurora"))
    return [
      {
        reason: `${identifier} (${engine}) is a member of the cluster ${cluster}`,
        hint: `RDS replicates the automated backups of instances, not of clusters: ${USER_GUIDE}/USER_ReplicateBackups.html`,
      },
    ];
  if (engine !== "postgres")
    return [{ reason: `${identifier} runs ${engine}, not PostgreSQL`, hint: "Databases of other engines are not supported" }];
  if (majorOf(engineVersion) >= OLDEST_MAJOR) return [];
  return [
    {
      reason: `${identifier} runs PostgreSQL ${engineVersion}, older than ${OLDEST_MAJOR}`,
      hint: `Upgrade it first: ${USER_GUIDE}/USER_UpgradeDBInstance.PostgreSQL.html`,
    },
  ];
};

/** Encryption is chosen when an instance is made. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html */
const unencrypted = ({ identifier }: DatabaseFacts): Refusal => ({
  reason: `${identifier} is not encrypted, and RDS encrypts no instance in place`,
  hint: `Take a snapshot, copy it with a KMS key, restore the copy under a new name, send your applications there and give that instance's ARN: ${USER_GUIDE}/Overview.Encryption.html#Overview.Encryption.Limitations`,
});

const withoutBackups = ({ identifier }: DatabaseFacts): Refusal => ({
  reason: `${identifier} keeps no automated backups (backup retention 0), so that there is no time to go back to`,
  hint: `Give it a retention of 1 to 35 days in its own program; going from 0 to another number restarts it at once: ${USER_GUIDE}/USER_WorkingWithAutomatedBackups.Enabling.html`,
});

const standingRefusals = ({ identifier, replicaOf }: DatabaseFacts): readonly Refusal[] =>
  replicaOf === ""
    ? []
    : [
        {
          reason: `${identifier} is a read replica of ${replicaOf}`,
          hint: "Give the ARN of the instance that applications write to",
        },
      ];

const withoutName = ({ identifier }: DatabaseFacts): Refusal => ({
  reason: `RDS does not say which database of ${identifier} is meant`,
  hint: "Name it in lifeboat:postgres.existing.database",
});

/** Since release 15 RDS's own default group asks for TLS. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html */
const TLS_BY_DEFAULT_MAJOR = 15;

/** The provider reads no parameter's value, so of a group of one's own nothing is known. */
const tlsWarnings = ({ identifier, engineVersion, parameterGroups }: DatabaseFacts): readonly string[] => {
  const own = parameterGroups.filter((group) => !group.startsWith("default."));
  if (own.length > 0)
    return [`whether ${identifier} refuses connections without TLS (rds.force_ssl) stands in ${own.join(", ")} and is not read here`];
  return majorOf(engineVersion) >= TLS_BY_DEFAULT_MAJOR
    ? []
    : [`${identifier} takes connections without TLS (rds.force_ssl is 0); a recovered database refuses them`];
};
