import { BACKFILL_KEY } from "../../recovery/existing/backfill";
import type { FunctionName, Site } from "../../recovery/names";
import {
  CANARY_KEY,
  databaseNames,
  EXPORT_PREFIXES,
  METRICS,
  parameterNames,
  recoveredBucketPrefix,
  recoveredSecretPrefix,
} from "../../recovery/names";
import { bucketNamesWith } from "../components/existing/names";
import type { ProdConfiguration } from "../config/read";
import { automatedBackupsArn, bucketArn, databaseArn, databasesArn, keysArn, objectsArn, parameterArn, secretsArn } from "../iam/arns";
import type { Statement } from "../iam/policy";

/** A function as a table row: where it lives, what it may do, how long and how large. */
export interface FunctionDefinition {
  readonly name: FunctionName;
  readonly description: string;
  readonly home: "primary" | "recovery";
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** It speaks to Chroma or PostgreSQL, so it runs in the cluster's network and reaches S3 and secrets through endpoints there; it can reach nothing else. */
  readonly inClusterNetwork: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly Statement[];
}

const MINUTE = 60;

/**
 * Amazon's certificate authorities, RDS's among them, where Lambda's runtimes keep them since Node.js 20: Node itself reads the file when a function
 * starts. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html (CA certificate loading)
 */
const AMAZON_AUTHORITIES = { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" } as const;

/** The aliases of the two keys; IAM statements name keys by alias, because a key's ARN is not known before it exists. */
export const keyAlias = (system: string, home: "primary" | "recovery"): string => `alias/${system}-${home}`;

/** @param databaseInstance identifier of the protected database, whose automated backups are found by it */
export const functionDefinitions = (site: Site, configuration: ProdConfiguration, databaseInstance: string): FunctionDefinition[] => {
  const { system, accountId } = site;
  const { vault, watch } = configuration;
  const { existing } = configuration.objects;
  const buckets = bucketNamesWith(site, existing);
  const useKey = (home: "primary" | "recovery"): Statement => ({
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [keysArn(home === "primary" ? site.primaryRegion : site.recoveryRegion, accountId)],
    condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": keyAlias(system, home) } },
  });
  // A bucket that is not Lifeboat's is under a key of its own, or under none.
  const existingKeys =
    existing?.keyArn === undefined ? [] : [{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [existing.keyArn] }];
  const useDocumentsKey: readonly Statement[] = existing === undefined ? [useKey("primary")] : existingKeys;
  const metrics: Statement = {
    actions: ["cloudwatch:PutMetricData"],
    resources: ["*"],
    // IfExists: the key comes with every PutMetricData on AWS, and not everywhere that speaks its API.
    condition: { StringEqualsIfExists: { "cloudwatch:namespace": METRICS.namespace } },
  };
  const read = (bucket: string, keys = "*"): Statement[] => [
    { actions: ["s3:ListBucket", "s3:ListBucketVersions"], resources: [bucketArn(bucket)] },
    { actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [objectsArn(bucket, keys)] },
  ];
  const write = (bucket: string, ...keys: readonly string[]): Statement => ({
    actions: ["s3:PutObject"],
    resources: keys.map((key) => objectsArn(bucket, key)),
  });
  const lock = (bucket: string): Statement => ({
    actions: ["s3:GetObjectRetention", "s3:PutObjectRetention"],
    resources: [objectsArn(bucket, "*")],
  });
  const tags = (bucket: string, ...actions: readonly string[]): Statement => ({ actions, resources: [objectsArn(bucket, "*")] });
  const recoveredSecrets: Statement = {
    actions: ["secretsmanager:GetSecretValue"],
    resources: [secretsArn(site.recoveryRegion, accountId, recoveredSecretPrefix(system))],
  };
  // Either kind of resource may be what a call is checked against; both are of this region only, and describing changes nothing.
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
  const automatedBackups: Statement = {
    actions: ["rds:DescribeDBInstanceAutomatedBackups"],
    resources: [automatedBackupsArn(site.recoveryRegion, accountId), databasesArn(site.recoveryRegion, accountId)],
  };
  const replica = databaseArn(site.recoveryRegion, accountId, databaseNames(system).replica);
  const describeReplica: Statement = { actions: ["rds:DescribeDBInstances"], resources: [replica] };
  const standingReplica: readonly Statement[] = [
    describeReplica,
    // It takes no resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    { actions: ["cloudwatch:GetMetricStatistics"], resources: ["*"] },
  ];
  const liveParameter = parameterNames(system).live;

  return [
    {
      name: "canary",
      description: "Writes the canary that the objects' lag is measured by",
      home: "primary",
      timeoutSeconds: 30,
      memoryMb: 128,
      inClusterNetwork: false,
      environment: { DOCUMENTS_BUCKET: buckets.documents },
      statements: [write(buckets.documents, CANARY_KEY), ...useDocumentsKey],
    },
    {
      name: "chroma-export",
      description: "Exports every Chroma collection to staging, its manifest last",
      home: "primary",
      timeoutSeconds: configuration.chroma.maxDuration,
      memoryMb: 1024,
      inClusterNetwork: true,
      environment: { STAGING_BUCKET: buckets.staging },
      statements: [
        write(buckets.staging, `${EXPORT_PREFIXES.chroma}*`),
        // A repeated put that finds its object there reads it back to tell its own from another's.
        { actions: ["s3:GetObject"], resources: [objectsArn(buckets.staging, `${EXPORT_PREFIXES.chroma}*`)] },
        useKey("primary"),
      ],
    },
    {
      name: "seal",
      description: "Checks what arrives in the vault, locks it and enters it in the catalogue",
      home: "recovery",
      timeoutSeconds: 15 * MINUTE,
      memoryMb: 512,
      inClusterNetwork: false,
      environment: {
        VAULT_BUCKET: buckets.vault,
        LOCK_MODE: vault.lockMode,
        BACKUP_RETENTION_DAYS: String(vault.backupRetentionDays),
      },
      statements: [...read(buckets.vault), lock(buckets.vault), write(buckets.vault, "catalogue/points/*"), useKey("recovery"), metrics],
    },
    {
      name: "verify",
      description: "Reads every sealed recovery point back before it may be restored from",
      home: "recovery",
      timeoutSeconds: 15 * MINUTE,
      memoryMb: 1024,
      inClusterNetwork: false,
      environment: { VAULT_BUCKET: buckets.vault },
      statements: [...read(buckets.vault), lock(buckets.vault), write(buckets.vault, "catalogue/proofs/*"), useKey("recovery"), metrics],
    },
    {
      name: "watch",
      description: "Measures each store's RPO lag from the recovery region",
      home: "recovery",
      timeoutSeconds: Math.min(15 * MINUTE, watch.samplesPerRun * watch.sampleInterval + MINUTE),
      memoryMb: 256,
      inClusterNetwork: false,
      environment: {
        VAULT_BUCKET: buckets.vault,
        DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
        // Only to tell the protected instance's backups from those of another of its name.
        PRIMARY_REGION: site.primaryRegion,
        DATABASE_INSTANCE: databaseInstance,
        REPLICA_LAG_PERIOD_SECONDS: String(watch.replicaLagPeriod),
        SAMPLES_PER_RUN: String(watch.samplesPerRun),
        SAMPLE_INTERVAL_SECONDS: String(watch.sampleInterval),
        HAS_REPLICA: JSON.stringify(configuration.postgres.replica),
        STORES: JSON.stringify(configuration.protections.map(({ store }) => store)),
      },
      statements: [
        ...read(buckets.vault, "catalogue/*"),
        ...read(buckets.documentsReplica, CANARY_KEY),
        automatedBackups,
        ...standingReplica,
        useKey("recovery"),
        metrics,
      ],
    },
    {
      name: "resolve",
      description: "Chooses what a recovery restores and pins it in the catalogue",
      home: "recovery",
      timeoutSeconds: 2 * MINUTE,
      memoryMb: 256,
      inClusterNetwork: false,
      environment: {
        VAULT_BUCKET: buckets.vault,
        DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
        PRIMARY_REGION: site.primaryRegion,
        DATABASE_INSTANCE: databaseInstance,
        REPLICA_LAG_PERIOD_SECONDS: String(watch.replicaLagPeriod),
        HAS_BACKFILL: JSON.stringify(existing !== undefined),
      },
      statements: [
        ...read(buckets.vault, "catalogue/*"),
        ...read(buckets.documentsReplica, CANARY_KEY),
        ...(existing === undefined ? [] : [{ actions: ["s3:GetObject"], resources: [objectsArn(buckets.documentsReplica, BACKFILL_KEY)] }]),
        write(buckets.vault, "catalogue/recoveries/*"),
        automatedBackups,
        ...standingReplica,
        useKey("recovery"),
      ],
    },
    {
      name: "chroma-import",
      description: "Imports the pinned Chroma export into new collections on a new server and checks them",
      home: "recovery",
      timeoutSeconds: 15 * MINUTE,
      memoryMb: 2048,
      inClusterNetwork: true,
      environment: { VAULT_BUCKET: buckets.vault },
      statements: [...read(buckets.vault), write(buckets.vault, "catalogue/recoveries/*"), useKey("recovery")],
    },
    {
      name: "documents-restore",
      description: "Copies the documents as of the pinned time into a drill's own bucket",
      home: "recovery",
      timeoutSeconds: 15 * MINUTE,
      memoryMb: 512,
      inClusterNetwork: false,
      environment: {
        VAULT_BUCKET: buckets.vault,
        DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica,
        RECOVERED_BUCKET_PREFIX: recoveredBucketPrefix(site),
      },
      statements: [
        ...read(buckets.vault, "catalogue/*"),
        ...read(buckets.documentsReplica),
        ...read(`${recoveredBucketPrefix(site)}*`),
        write(`${recoveredBucketPrefix(site)}*`, "*"),
        // A copy takes the tags along, and a large one is made in parts.
        tags(buckets.documentsReplica, "s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
        tags(`${recoveredBucketPrefix(site)}*`, "s3:PutObjectTagging", "s3:AbortMultipartUpload"),
        write(buckets.vault, "catalogue/recoveries/*"),
        useKey("recovery"),
      ],
    },
    {
      name: "promote",
      description: "Makes the standing replica a database of its own, once",
      home: "recovery",
      timeoutSeconds: 15 * MINUTE,
      memoryMb: 256,
      inClusterNetwork: false,
      environment: { VAULT_BUCKET: buckets.vault },
      statements: [
        ...read(buckets.vault, "catalogue/*"),
        write(buckets.vault, "catalogue/recoveries/*"),
        describeReplica,
        { actions: ["rds:PromoteReadReplica", "rds:ModifyDBInstance"], resources: [replica] },
        recoveredSecrets,
        useKey("recovery"),
      ],
    },
    {
      name: "postgres-ready",
      description: "Waits until the restored database is usable and says since when",
      home: "recovery",
      timeoutSeconds: 15 * MINUTE,
      memoryMb: 512,
      inClusterNetwork: true,
      environment: { VAULT_BUCKET: buckets.vault, ...AMAZON_AUTHORITIES },
      statements: [
        ...read(buckets.vault, "catalogue/*"),
        write(buckets.vault, "catalogue/recoveries/*"),
        recoveredSecrets,
        useKey("recovery"),
      ],
    },
    {
      name: "validate",
      description: "Checks the restored stores against the plan and against each other",
      home: "recovery",
      timeoutSeconds: 15 * MINUTE,
      memoryMb: 1024,
      inClusterNetwork: true,
      environment: { VAULT_BUCKET: buckets.vault, DOCUMENTS_REPLICA_BUCKET: buckets.documentsReplica, ...AMAZON_AUTHORITIES },
      statements: [
        ...read(buckets.vault, "catalogue/*"),
        ...read(buckets.vault, `${EXPORT_PREFIXES.chroma}*/manifest.json`),
        ...read(buckets.documentsReplica),
        ...read(`${recoveredBucketPrefix(site)}*`),
        write(buckets.vault, "catalogue/recoveries/*"),
        recoveredSecrets,
        useKey("recovery"),
      ],
    },
    {
      name: "cut-over",
      description: "Sends applications to the recovered stores once they are validated",
      home: "recovery",
      timeoutSeconds: MINUTE,
      memoryMb: 256,
      inClusterNetwork: false,
      environment: { VAULT_BUCKET: buckets.vault, LIVE_PARAMETER: liveParameter },
      statements: [
        ...read(buckets.vault, "catalogue/*"),
        write(buckets.vault, "catalogue/recoveries/*"),
        {
          actions: ["ssm:GetParameter", "ssm:PutParameter"],
          resources: [parameterArn(site.recoveryRegion, accountId, liveParameter)],
        },
        useKey("recovery"),
      ],
    },
  ];
};
