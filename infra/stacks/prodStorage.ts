import type * as pulumi from "@pulumi/pulumi";
import { bucketNames, EXPORT_PREFIXES, type FunctionName, functionName, type Site } from "../../recovery/names";
import { EncryptionKey } from "../components/storage/encryptionKey";
import { Replication } from "../components/storage/replication";
import { SecureBucket } from "../components/storage/secureBucket";
import type { ProdConfiguration } from "../config/read";
import { keyAlias } from "../functions/definitions";
import { roleSessionArns } from "../iam/arns";

const documentsReplicationRole = (system: string): string => `${system}-replicate-documents`;
const stagingReplicationRole = (system: string): string => `${system}-replicate-staging`;

/** The functions that write into the vault's catalogue; nobody else may, whatever their own policies say. */
const CATALOGUE_WRITERS: readonly FunctionName[] = [
  "seal",
  "verify",
  "resolve",
  "chroma-import",
  "documents-restore",
  "postgres-ready",
  "validate",
  "cut-over",
];

/** The keys and buckets of both regions, and the replication between them. */
export const deployStorage = (
  site: Site,
  configuration: ProdConfiguration,
  primary: pulumi.ComponentResourceOptions,
  recovery: pulumi.ComponentResourceOptions,
) => {
  const { system, accountId } = site;
  const names = bucketNames(site);
  const { vault: vaultValues, staging: stagingValues, documents: documentsValues, objects } = configuration;
  const disposable = configuration.protection === "disposable";
  const roles = (names: readonly string[]) => names.flatMap((name) => roleSessionArns(accountId, name));

  const primaryKey = new EncryptionKey(
    "primary-key",
    {
      accountId,
      region: site.primaryRegion,
      alias: keyAlias(system, "primary"),
      description: `${system}: the primary region's data`,
      disposable,
    },
    primary,
  );
  const recoveryKey = new EncryptionKey(
    "recovery-key",
    {
      accountId,
      region: site.recoveryRegion,
      alias: keyAlias(system, "recovery"),
      description: `${system}: all that a recovery needs`,
      disposable,
    },
    recovery,
  );
  const inPrimary = { keyArn: primaryKey.arn, disposable };
  const inRecovery = { keyArn: recoveryKey.arn, disposable };

  const documents = new SecureBucket(
    "documents",
    { ...inPrimary, bucketName: names.documents, purpose: "documents", noncurrentDays: documentsValues.noncurrentDays },
    primary,
  );
  const documentsReplica = new SecureBucket(
    "documents-replica",
    {
      ...inRecovery,
      bucketName: names.documentsReplica,
      purpose: "live-ready replica of the documents",
      noncurrentDays: documentsValues.noncurrentDays,
    },
    recovery,
  );
  const documentsVault = new SecureBucket(
    "documents-vault",
    {
      ...inRecovery,
      bucketName: names.documentsVault,
      purpose: "locked copies of the documents",
      objectLock: { mode: vaultValues.lockMode, days: vaultValues.documentsRetentionDays },
      noncurrentDays: vaultValues.documentsRetentionDays,
      writers: [{ sid: "ReplicationOnly", keys: "*", roleArns: roles([documentsReplicationRole(system)]) }],
    },
    recovery,
  );
  const staging = new SecureBucket(
    "staging",
    {
      ...inPrimary,
      bucketName: names.staging,
      purpose: "backups on their way to the vault",
      expirationDays: stagingValues.retentionDays,
      noncurrentDays: 1,
    },
    primary,
  );
  const vault = new SecureBucket(
    "vault",
    {
      ...inRecovery,
      bucketName: names.vault,
      purpose: "locked recovery points and their catalogue",
      objectLock: { mode: vaultValues.lockMode, days: vaultValues.backupRetentionDays },
      noncurrentDays: vaultValues.backupRetentionDays,
      writers: [
        { sid: "ReplicationWritesExports", keys: `${EXPORT_PREFIXES.chroma}*`, roleArns: roles([stagingReplicationRole(system)]) },
        {
          sid: "FunctionsWriteTheCatalogue",
          keys: "catalogue/*",
          roleArns: roles(CATALOGUE_WRITERS.map((name) => functionName(system, name))),
        },
      ],
    },
    recovery,
  );

  const keys = { sourceKeyArn: primaryKey.arn, destinationKeyArn: recoveryKey.arn };
  new Replication(
    "documents",
    {
      ...keys,
      accountId,
      roleName: documentsReplicationRole(system),
      source: documents,
      rules: [
        { id: "live-ready", prefix: "", destination: documentsReplica, deleteMarkers: objects.replicateDeletes },
        { id: "locked", prefix: "", destination: documentsVault, deleteMarkers: false },
      ],
    },
    primary,
  );
  new Replication(
    "staging",
    {
      ...keys,
      accountId,
      roleName: stagingReplicationRole(system),
      source: staging,
      rules: [{ id: "chroma", prefix: EXPORT_PREFIXES.chroma, destination: vault, deleteMarkers: false }],
    },
    primary,
  );
  return { names, primaryKey, recoveryKey, documents, documentsReplica, documentsVault, staging, vault };
};
