import { z } from "zod";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, RECOVERY } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const Status = z.object({ status: z.string() });
const Timed = z.object({ status: z.string() });
const Replication = z.object({
  bucket: z.string(),
  role: z.string(),
  rules: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      priority: z.number(),
      filter: z.object({ prefix: z.string() }),
      deleteMarkerReplication: Status,
      sourceSelectionCriteria: z.object({ sseKmsEncryptedObjects: Status }),
      destination: z.object({
        bucket: z.string(),
        encryptionConfiguration: z.object({ replicaKmsKeyId: z.string() }),
        replicationTime: Timed.extend({ time: z.object({ minutes: z.number() }) }),
        metrics: Timed.extend({ eventThreshold: z.object({ minutes: z.number() }) }),
      }),
    }),
  ),
});
const TYPE = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const OBJECTS = { tier: "standard", canary: "rate(1 minute)", alarmAt: "30m" };

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

const replicationOf = (source: string, from = recording) => Replication.parse(from.get(TYPE, source).inputs);
const versioningOf = (bucket: string) => recording.get("aws:s3/bucketVersioning:BucketVersioning", bucket).urn;

it("documents go to the live-ready replica with their delete markers, and to the vault without", () => {
  const { bucket, rules } = replicationOf("documents");

  expect(bucket).toBe(`acme-documents-${ACCOUNT}-${PRIMARY}`);
  expect(
    rules.map(({ id, filter, destination, deleteMarkerReplication }) => [
      id,
      filter.prefix,
      destination.bucket,
      deleteMarkerReplication.status,
    ]),
  ).toEqual([
    ["live-ready", "", `arn:aws:s3:::acme-documents-${ACCOUNT}-${RECOVERY}`, "Enabled"],
    ["locked", "", `arn:aws:s3:::acme-documents-vault-${ACCOUNT}-${RECOVERY}`, "Disabled"],
  ]);
});

it("no deletion reaches any copy when the configuration says so", async () => {
  const careful = await deployedProd({ objects: { ...OBJECTS, replicateDeletes: false } });

  const statuses = replicationOf("documents", careful).rules.map(({ deleteMarkerReplication }) => deleteMarkerReplication.status);

  expect(statuses).toEqual(["Disabled", "Disabled"]);
});

it("of staging, exports alone go to the vault: a primary-region writer cannot forge an entry of the catalogue", () => {
  const { bucket, rules } = replicationOf("staging");

  expect(bucket).toBe(`acme-staging-${ACCOUNT}-${PRIMARY}`);
  expect(
    rules.map(({ filter, destination, deleteMarkerReplication }) => [filter.prefix, destination.bucket, deleteMarkerReplication.status]),
  ).toEqual(
    ["chroma/", "configuration/", "postgres/"].map((prefix) => [prefix, `arn:aws:s3:::acme-vault-${ACCOUNT}-${RECOVERY}`, "Disabled"]),
  );
});

describe.each(["documents", "staging"])("the replication of %s", (source) => {
  it("is timed and measured, takes KMS objects along and encrypts them under the recovery region's key", () => {
    const { rules } = replicationOf(source);

    for (const { status, sourceSelectionCriteria, destination } of rules) {
      expect([status, sourceSelectionCriteria.sseKmsEncryptedObjects.status]).toEqual(["Enabled", "Enabled"]);
      expect(destination.replicationTime).toEqual({ status: "Enabled", time: { minutes: 15 } });
      expect(destination.metrics).toEqual({ status: "Enabled", eventThreshold: { minutes: 15 } });
      expect(destination.encryptionConfiguration.replicaKmsKeyId).toBe(`arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/${RECOVERY}-recovery-key`);
    }
    expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
  });

  it("waits for the versioning of both sides", () => {
    const destinations = { documents: ["documents-replica", "documents-vault"], staging: ["vault"] }[source] ?? [];

    expect(recording.get(TYPE, source).dependencies).toEqual(expect.arrayContaining([source, ...destinations].map(versioningOf)));
  });

  it("runs under a role that S3 alone assumes, which reads its source, writes its destinations and uses both keys", () => {
    const { role, rules } = replicationOf(source);
    const made = z.object({ name: z.string(), assumeRolePolicy: PolicyText }).parse(recording.get("aws:iam/role:Role", source).inputs);
    const { policy } = z.object({ policy: PolicyText }).parse(recording.get("aws:iam/rolePolicy:RolePolicy", source).inputs);
    const may = (action: string) => policy.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);

    expect(role).toBe(`arn:aws:iam::${ACCOUNT}:role/${made.name}`);
    expect(made.assumeRolePolicy.map(({ Principal }) => Principal)).toEqual([{ Service: "s3.amazonaws.com" }]);
    expect(may("s3:GetObjectVersionForReplication")).toEqual([`arn:aws:s3:::acme-${source}-${ACCOUNT}-${PRIMARY}/*`]);
    expect(may("s3:ReplicateObject")).toEqual(rules.map(({ destination }) => `${destination.bucket}/*`));
    expect(may("kms:Decrypt")).toEqual([`arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/${PRIMARY}-primary-key`]);
    expect(may("kms:GenerateDataKey")).toEqual([`arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/${RECOVERY}-recovery-key`]);
  });
});
