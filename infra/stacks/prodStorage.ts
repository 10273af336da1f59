import type * as pulumi from "@pulumi/pulumi";
import { EXPORT_KINDS } from "../../recovery/catalogue/kinds";
import { type FunctionName, functionName, type Site } from "../../recovery/names";
import { bucketRetention } from "../../recovery/retention/buckets";
import { ExistingBucket } from "../components/existing/existingBucket";
import { bucketNamesWith, documentsReplicationRole } from "../components/existing/names";
import type { UnattendedFunction } from "../components/functions/unattendedFunction";
import { CatalogueKey } from "../components/storage/catalogueKey";
import { EncryptionKey } from "../components/storage/encryptionKey";
import { Replication, type ReplicationRule } from "../components/storage/replication";
import { SecureBucket } from "../components/storage/secureBucket";
import type { ProdConfiguration } from "../config/read";
import { policyOf } from "../config/retention";
import { keyAlias } from "../functions/context";
import { roleSessionArns } from "../iam/arns";
import { PASSING_PREFIXES, stagingWriters } from "./prodStaging";
import { storageTiers } from "./prodTiers";

const stagingReplicationRole = (system: string): string => `${system}-replicate-staging`;

/** The keys and buckets of both regions, and the replication between them. */
export const deployStorage = (
  site: Site,
  configuration: ProdConfiguration,
  catalogue: {
    /** The functions that write into the vault's catalogue; nobody else may, whatever their own policies say. */
    readonly writers: readonly FunctionName[];
    /** Those of them whose objects are authenticated: entries, proofs, readings and sets. */
    readonly signers: readonly FunctionName[];
  },
  primary: pulumi.ComponentResourceOptions,
  recovery: pulumi.ComponentResourceOptions,
) => {
  const { system, accountId } = site;
  const { objects } = configuration;
  const names = bucketNamesWith(site, objects.existing);
  const disposable = configuration.protection === "disposable";
  const roles = (names: readonly string[]) => names.flatMap((name) => roleSessionArns(accountId, name));
  const functionRoles = (names: readonly FunctionName[]) => roles(names.map((name) => functionName(system, name)));

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
  const catalogueKey = new CatalogueKey(
    "catalogue-key",
    { system, accountId, signerArns: functionRoles(catalogue.signers), disposable },
    recovery,
  );
  const tiers = storageTiers(configuration);
  const retention = bucketRetention(policyOf(configuration), PASSING_PREFIXES);
  const inPrimary = { keyArn: primaryKey.arn, disposable };
  const inRecovery = { keyArn: recoveryKey.arn, disposable };

  const documentsReplica = new SecureBucket(
    "documents-replica",
    {
      ...inRecovery,
      bucketName: names.documentsReplica,
      purpose: "live-ready replica of the documents",
      retention: retention.documentsReplica,
    },
    recovery,
  );
  const documentsVault = new SecureBucket(
    "documents-vault",
    {
      ...inRecovery,
      bucketName: names.documentsVault,
      purpose: "locked copies of the documents",
      tiers: tiers.documents,
      retention: retention.documentsVault,
      writers: [{ sid: "ReplicationOnly", keys: "*", roleArns: roles([documentsReplicationRole(system, objects.existing)]) }],
    },
    recovery,
  );
  const staging = new SecureBucket(
    "staging",
    {
      ...inPrimary,
      bucketName: names.staging,
      purpose: "backups on their way to the vault",
      retention: retention.staging,
      writers: stagingWriters(site),
    },
    primary,
  );
  const vault = new SecureBucket(
    "vault",
    {
      ...inRecovery,
      bucketName: names.vault,
      purpose: "locked recovery points and their catalogue",
      tiers: tiers.exports,
      retention: retention.vault,
      writers: [
        ...EXPORT_KINDS.map(({ store, prefix }) => ({
          sid: `ReplicationWritesExportsOf${store.charAt(0).toUpperCase()}${store.slice(1)}`,
          keys: `${prefix}*`,
          roleArns: roles([stagingReplicationRole(system)]),
        })),
        {
          sid: "FunctionsWriteTheCatalogue",
          keys: "catalogue/*",
          roleArns: functionRoles(catalogue.writers),
        },
      ],
    },
    recovery,
  );

  const keys = { sourceKeyArn: primaryKey.arn, destinationKeyArn: recoveryKey.arn };
  const documentsRules: readonly ReplicationRule[] = [
    { id: "live-ready", prefix: "", destination: documentsReplica, deleteMarkers: objects.replicateDeletes },
    { id: "locked", prefix: "", destination: documentsVault, deleteMarkers: false },
  ];
  // A bucket that exists is protected by a function, once that is there.
  if (objects.existing === undefined) {
    const bucketName = names.documents;
    const documents = new SecureBucket(
      "documents",
      { ...inPrimary, bucketName, purpose: "documents", retention: retention.documents },
      primary,
    );
    const roleName = documentsReplicationRole(system, undefined);
    new Replication("documents", { ...keys, accountId, roleName, source: documents, rules: documentsRules }, primary);
  }
  new Replication(
    "staging",
    {
      ...keys,
      accountId,
      roleName: stagingReplicationRole(system),
      source: staging,
      // Staging replicates the exports and nothing else, so that no writer of the primary region can write the catalogue.
      rules: EXPORT_KINDS.map(({ store, prefix }) => ({ id: store, prefix, destination: vault, deleteMarkers: false })),
    },
    primary,
  );
  return { names, primaryKey, recoveryKey, catalogueKey, documentsRules, staging, vault, retention };
};

export interface ExistingDocuments {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly storage: ReturnType<typeof deployStorage>;
  /** Undefined where the documents' bucket is Lifeboat's. */
  readonly protector: UnattendedFunction | undefined;
}

/** The replication of a documents bucket that exists; undefined where Lifeboat made it, with its replication. */
export const protectExistingDocuments = (
  { site: { system, accountId }, configuration: { objects }, storage, protector }: ExistingDocuments,
  primary: pulumi.ComponentResourceOptions,
): ExistingBucket | undefined => {
  const { recoveryKey, documentsRules: rules, staging: reports } = storage;
  if (objects.existing === undefined || protector === undefined) return undefined;
  const args = { system, accountId, existing: objects.existing, destinationKeyArn: recoveryKey.arn, rules, reports, protector };
  return new ExistingBucket("documents", args, primary);
};
