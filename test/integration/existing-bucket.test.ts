import { createHash } from "node:crypto";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ObjectVersion,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type ReplicationRule,
  S3Client,
} from "@aws-sdk/client-s3";
import { ListJobsCommand } from "@aws-sdk/client-s3-control";
import { backfillStatements } from "../../infra/components/existing/policies";
import { protectBucketDefinition, REPORT_KEYS } from "../../infra/components/existing/protectBucket";
import { ExistingBucket } from "../../infra/config/existing";
import { policyDocument, servicePrincipalTrust } from "../../infra/iam/policy";
import { type ProtectBucketEvent, ProtectBucketResponse } from "../../lambdas/protect-bucket/events";
import { s3ControlClient } from "../../lambdas/shared/s3-control";
import { bootstrap } from "../../local/emulator/bootstrap";
import { BACKFILL_KEY, Backfill } from "../../recovery/existing/backfill";
import { bucketNames } from "../../recovery/names";
import { primary, recovery, root, startTestAws, type TestAws } from "./support/emulator";

const ACCOUNT = "000000000000";
const SITE = { system: "acme", accountId: ACCOUNT, primaryRegion: primary, recoveryRegion: recovery };
const { documentsReplica: REPLICA, documentsVault: VAULT, staging: STAGING } = bucketNames(SITE);
const SOURCE = "company-documents";
const THEIRS = "company-offsite";
const THEIR_ROLE = `arn:aws:iam::${ACCOUNT}:role/company-replication`;
const OUR_ROLE = `arn:aws:iam::${ACCOUNT}:role/acme-replicate-documents`;
const BATCH_ROLE = `arn:aws:iam::${ACCOUNT}:role/acme-backfill`;
const OBJECTS = 30;

const THEIR_RULE: ReplicationRule = {
  ID: "offsite",
  Priority: 1,
  Status: "Enabled",
  Filter: { And: { Prefix: "", Tags: [{ Key: "kind", Value: "contract" }] } },
  DeleteMarkerReplication: { Status: "Disabled" },
  Destination: { Bucket: `arn:aws:s3:::${THEIRS}`, StorageClass: "STANDARD_IA" },
};

type Handler = typeof import("../../lambdas/protect-bucket/handler")["handler"];

let aws: TestAws;
let handler: Handler;
const environment = { ...process.env };
const clients: S3Client[] = [];

const s3 = (region: string): S3Client => {
  const client = new S3Client({ endpoint: aws.gateway.url, region, credentials: root, forcePathStyle: true, maxAttempts: 1 });
  clients.push(client);
  return client;
};

const createBucket = async (Bucket: string, region: string): Promise<void> => {
  const CreateBucketConfiguration = region === primary ? undefined : ({ LocationConstraint: "eu-west-1" } as const);
  await s3(region).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await s3(region).send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
};

const put = (Key: string, Body: string, Tagging?: string) => s3(primary).send(new PutObjectCommand({ Bucket: SOURCE, Key, Body, Tagging }));

/** What a company has: objects in several versions, deleted ones, and a replication of its own that took the contracts elsewhere. */
const fill = async (): Promise<void> => {
  const keys = Array.from({ length: OBJECTS }, (_, index) => `files/${index} é+&.txt`);
  await Promise.all(keys.map((key, index) => put(key, `first ${index}`, index % 3 === 0 ? "kind=contract" : undefined)));
  await Promise.all(keys.filter((_, index) => index % 5 === 0).map((key) => put(key, `second of ${key}`)));
  await Promise.all(
    keys.filter((_, index) => index % 7 === 0).map((Key) => s3(primary).send(new DeleteObjectCommand({ Bucket: SOURCE, Key }))),
  );
  await aws.gateway.replication.idle();
};

const asTheFunction = async (): Promise<Handler> => {
  const { statements, environment: variables } = protectBucketDefinition(SITE, ExistingBucket.parse({ bucket: SOURCE }));
  const user = await bootstrap(aws.gateway.url).createDeployUser("protect-bucket", JSON.parse(policyDocument(statements)));
  Object.assign(process.env, variables, {
    LIFEBOAT_SYSTEM: SITE.system,
    POWERTOOLS_LOG_LEVEL: "SILENT",
    AWS_ENDPOINT_URL: aws.gateway.url,
    AWS_REGION: primary,
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
  });
  // Its clients are made when it is loaded, as Lambda does.
  return (await import("../../lambdas/protect-bucket/handler")).handler;
};

const event = (changes: Partial<ProtectBucketEvent> = {}): ProtectBucketEvent => ({
  bucket: SOURCE,
  enableVersioning: false,
  keyArn: null,
  replicationRoleArn: THEIR_ROLE,
  ownsReplicationRole: false,
  batchRoleArn: BATCH_ROLE,
  rules: [
    { id: "live-ready", prefix: "", destinationBucket: REPLICA, destinationKeyArn: "arn:key", deleteMarkers: true },
    { id: "locked", prefix: "", destinationBucket: VAULT, destinationKeyArn: "arn:key", deleteMarkers: false },
  ],
  tf: { action: "create" },
  ...changes,
});

const call = async (changes: Partial<ProtectBucketEvent> = {}): Promise<ProtectBucketResponse> =>
  ProtectBucketResponse.parse(await handler(event(changes), { awsRequestId: "r", getRemainingTimeInMillis: () => 120_000 }));

const replicationOf = async () => (await s3(primary).send(new GetBucketReplicationCommand({ Bucket: SOURCE }))).ReplicationConfiguration;

const jobs = async () => (await s3ControlClient({ credentials: root }).send(new ListJobsCommand({ AccountId: ACCOUNT }))).Jobs ?? [];

const versionsOf = (bucket: string, region: string) => s3(region).send(new ListObjectVersionsCommand({ Bucket: bucket }));

const sha256 = async (bucket: string, region: string, { Key, VersionId }: ObjectVersion): Promise<string> => {
  const { Body } = await s3(region).send(new GetObjectCommand({ Bucket: bucket, Key, VersionId }));
  return createHash("sha256")
    .update((await Body?.transformToByteArray()) ?? "")
    .digest("hex");
};

/** Every version of every key with its digest, the newest of a key first; what was deleted shows as deleted. */
const historyOf = async (bucket: string, region: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { Versions = [], DeleteMarkers = [] } = await versionsOf(bucket, region);
  const files = Versions.filter(({ Key = "" }) => Key.startsWith("files/"));
  const entries = await Promise.all(files.map(async (version) => ({ ...version, content: await sha256(bucket, region, version) })));
  const markers = DeleteMarkers.filter(({ Key = "" }) => Key.startsWith("files/")).map((marker) => ({ ...marker, content: "deleted" }));
  const history = new Map<string, string[]>();
  for (const { Key = "", content } of [...markers, ...entries]) history.set(Key, [...(history.get(Key) ?? []), content]);
  return history;
};

beforeAll(async () => {
  aws = await startTestAws({ lagSeconds: 0.2 });
  await Promise.all([
    ...[SOURCE, STAGING].map((bucket) => createBucket(bucket, primary)),
    ...[REPLICA, VAULT, THEIRS].map((bucket) => createBucket(bucket, recovery)),
  ]);
  const iam = new IAMClient({ endpoint: aws.gateway.url, region: primary, credentials: root });
  const trust = servicePrincipalTrust("batchoperations.s3.amazonaws.com", ACCOUNT);
  await iam.send(new CreateRoleCommand({ RoleName: "acme-backfill", AssumeRolePolicyDocument: trust }));
  const statements = backfillStatements({ source: SOURCE, reports: STAGING, reportKeys: REPORT_KEYS });
  const policy = { RoleName: "acme-backfill", PolicyName: "backfill", PolicyDocument: policyDocument(statements) };
  await iam.send(new PutRolePolicyCommand(policy));
  iam.destroy();
  const ReplicationConfiguration = { Role: THEIR_ROLE, Rules: [THEIR_RULE] };
  await s3(primary).send(new PutBucketReplicationCommand({ Bucket: SOURCE, ReplicationConfiguration }));
  await fill();
  handler = await asTheFunction();
});

afterAll(async () => {
  process.env = environment;
  for (const client of clients) client.destroy();
  await aws.stop();
});

test("a bucket full of objects under somebody else's replication is refused, protected, left alone and released", async () => {
  const theirs = await replicationOf();
  const offsite = await historyOf(THEIRS, recovery);

  const refusal = call({ replicationRoleArn: OUR_ROLE, ownsReplicationRole: true });
  await expect(refusal).rejects.toThrow(
    /one role for all rules.*replicationRoleArn to arn:aws:iam::000000000000:role\/company-replication/s,
  );
  expect(await replicationOf()).toEqual(theirs);
  expect(await jobs()).toEqual([]);

  const protectedNow = await call();
  await aws.gateway.replication.idle();

  const source = await historyOf(SOURCE, primary);
  const present = [...source.values()].flat();
  expect(protectedNow).toMatchObject({ changed: ["replication"], backfill: { status: "complete", failed: [], reasons: [] } });
  // All versions and markers of the files; and the note of the backfill itself, unless replication had carried it before the job looked.
  const { total, ...done } = protectedNow.backfill?.objects ?? { total: 0 };
  expect([present.length, present.length + 1]).toContain(total);
  expect(done).toEqual({ succeeded: total, failed: 0 });
  expect(await historyOf(REPLICA, recovery)).toEqual(source);
  // The locked copies never see a deletion.
  const undeleted = new Map([...source].map(([key, contents]) => [key, contents.filter((content) => content !== "deleted")]));
  expect(await historyOf(VAULT, recovery)).toEqual(undeleted);
  expect(await historyOf(THEIRS, recovery)).toEqual(offsite);
  const merged = await replicationOf();
  expect(merged?.Role).toBe(THEIR_ROLE);
  expect(merged?.Rules?.[0]).toEqual(theirs?.Rules?.[0]);
  expect(merged?.Rules?.slice(1).map(({ ID, Priority }) => [ID, Priority])).toEqual([
    ["lifeboat-acme.live-ready", 2],
    ["lifeboat-acme.locked", 3],
  ]);

  const before = await versionsOf(SOURCE, primary);
  const again = await call({ tf: { action: "update" } });
  await aws.gateway.replication.idle();
  expect(again).toEqual({ ...protectedNow, changed: [] });
  expect(await jobs()).toHaveLength(1);
  expect((await versionsOf(SOURCE, primary)).Versions).toEqual(before.Versions);
  expect(await historyOf(REPLICA, recovery)).toEqual(source);

  // Whoever recovers sees in the replica that it holds everything.
  const note = await s3(recovery).send(new GetObjectCommand({ Bucket: REPLICA, Key: BACKFILL_KEY }));
  expect(Backfill.parse(JSON.parse((await note.Body?.transformToString()) ?? ""))).toEqual(protectedNow.backfill);

  const released = await call({ tf: { action: "delete" } });
  expect(released).toEqual({ bucket: SOURCE, changed: ["replication"], backfill: null });
  expect(await replicationOf()).toEqual(theirs);
  expect(await historyOf(SOURCE, primary)).toEqual(source);
  await put("files/after", "written while nobody protected it");
  await aws.gateway.replication.idle();
  expect((await historyOf(REPLICA, recovery)).has("files/after")).toBe(false);

  // A protection that begins again has that gap to fill.
  const anew = await call();
  await aws.gateway.replication.idle();
  expect(anew.backfill?.status).toBe("complete");
  expect(anew.backfill?.token).not.toBe(protectedNow.backfill?.token);
  expect(await jobs()).toHaveLength(2);
  expect(await historyOf(REPLICA, recovery)).toEqual(await historyOf(SOURCE, primary));
});

test("who may not list jobs is refused, by name", async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = process.env;

  const listing = s3ControlClient({ credentials: { accessKeyId, secretAccessKey } }).send(new ListJobsCommand({ AccountId: ACCOUNT }));

  await expect(listing).rejects.toThrow("user/protect-bucket is not authorized to perform: s3:ListJobs");
});
