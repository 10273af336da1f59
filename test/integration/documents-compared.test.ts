import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { readProd } from "../../infra/config/read";
import { functionContext } from "../../infra/functions/context";
import type { FunctionDefinition } from "../../infra/functions/definition";
import { compareDocuments } from "../../infra/functions/definitions/compareDocuments";
import { renewLocks } from "../../infra/functions/definitions/renewLocks";
import { policyDocument } from "../../infra/iam/policy";
import { CompareDocumentsResponse } from "../../lambdas/compare-documents/events";
import { patience } from "../../lambdas/compare-documents/patience";
import { PrimaryUnreachable, pagesOfPrimary } from "../../lambdas/compare-documents/primary";
import { RenewLocksResponse } from "../../lambdas/renew-locks/events";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { type CloudWatch, createCloudWatch } from "../../local/cloudwatch";
import { bootstrap } from "../../local/emulator/bootstrap";
import { bucketNames, METRICS } from "../../recovery/names";
import { Comparison } from "../../recovery/objects/comparison";
import { type FaultyProxy, type SeenRequest, startFaultyProxy } from "../support/faulty-proxy";
import { committed } from "../unit/infra/config/stackFiles";
import { primary, recovery, root, startTestAws, type TestAws } from "./support/emulator";

const ACCOUNT = "000000000000";
const SITE = { system: "acme", accountId: ACCOUNT, primaryRegion: primary, recoveryRegion: recovery };
const BUCKETS = bucketNames(SITE);
const RETENTION_DAYS = 40;
const DAY_MS = 86_400_000;
const DOCUMENTS = 30;
const configuration = readProd({ ...committed("prod"), documents: JSON.stringify({ inventory: "off" }) });
const context = functionContext(SITE, configuration, "acme-postgres");

type Handler = (event: unknown, context: { awsRequestId: string; getRemainingTimeInMillis: () => number }) => Promise<unknown>;

let aws: TestAws;
let proxy: FaultyProxy;
let cloudwatch: CloudWatch;
let s3: Readonly<Record<"primary" | "recovery", S3Client>>;
const environment = { ...process.env };

const createBucket = async (client: S3Client, Bucket: string, locked = false): Promise<void> => {
  const CreateBucketConfiguration = client === s3.primary ? undefined : ({ LocationConstraint: "eu-west-1" } as const);
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration, ObjectLockEnabledForBucket: locked }));
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  if (!locked) return;
  const rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: RETENTION_DAYS } } as const;
  await client.send(
    new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: rule } }),
  );
};

const rule = (ID: string, Priority: number, bucket: string, markers: boolean) => ({
  ...{ ID, Priority, Status: "Enabled" as const, Filter: { Prefix: "" } },
  DeleteMarkerReplication: { Status: markers ? ("Enabled" as const) : ("Disabled" as const) },
  Destination: { Bucket: `arn:aws:s3:::${bucket}` },
});

/** The function with its own policy, as its own user; its clients are made when it is loaded, as Lambda does. */
const asTheFunction = async (definition: FunctionDefinition, more: Readonly<Record<string, string>>): Promise<Handler> => {
  const user = await bootstrap(aws.gateway.url).createDeployUser(definition.name, JSON.parse(policyDocument(definition.statements)));
  Object.assign(process.env, definition.environment, more, {
    LIFEBOAT_SYSTEM: SITE.system,
    POWERTOOLS_LOG_LEVEL: "SILENT",
    AWS_ENDPOINT_URL: proxy.url,
    AWS_REGION: recovery,
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
  });
  const folder =
    definition.name === "renew-locks" ? import("../../lambdas/renew-locks/handler") : import("../../lambdas/compare-documents/handler");
  return (await folder).handler;
};

const call = { awsRequestId: "r", getRemainingTimeInMillis: () => 600_000 };
const put = (Key: string, Body: string, client = s3.primary, Bucket = BUCKETS.documents) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm: "SHA256" }));
const remove = (client: S3Client, Bucket: string, Key: string) => client.send(new DeleteObjectCommand({ Bucket, Key }));

/** What is a second old is judged here; S3's times are of whole seconds. */
const untilJudged = () => sleep(2_100);

let compare: Handler;
const compared = async () => CompareDocumentsResponse.parse(await compare({}, call));
const report = async (key: string | undefined) => {
  const { Body } = await s3.recovery.send(new GetObjectCommand({ Bucket: BUCKETS.vault, Key: key }));
  return Comparison.parse(JSON.parse((await Body?.transformToString()) ?? ""));
};
const findings = async () => {
  const { reportKey } = await compared();
  return (await report(reportKey)).tally.findings.map(({ kind, copy, key }) => `${kind} ${copy} ${key}`);
};

beforeAll(async () => {
  cloudwatch = createCloudWatch({ clock: { now: () => new Date() }, account: ACCOUNT, publish: async () => undefined });
  aws = await startTestAws({ lagSeconds: 0.1, cloudwatch: () => cloudwatch });
  proxy = await startFaultyProxy(aws.gateway.url);
  const common = { endpoint: aws.gateway.url, credentials: root, forcePathStyle: true };
  s3 = { primary: new S3Client({ ...common, region: primary }), recovery: new S3Client({ ...common, region: recovery }) };
  await createBucket(s3.primary, BUCKETS.documents);
  await createBucket(s3.recovery, BUCKETS.documentsReplica);
  await createBucket(s3.recovery, BUCKETS.documentsVault, true);
  await createBucket(s3.recovery, BUCKETS.vault, true);
  const Rules = [rule("live-ready", 2, BUCKETS.documentsReplica, true), rule("locked", 1, BUCKETS.documentsVault, false)];
  await s3.primary.send(
    new PutBucketReplicationCommand({
      Bucket: BUCKETS.documents,
      ReplicationConfiguration: { Role: `arn:aws:iam::${ACCOUNT}:role/acme-replicate-documents`, Rules },
    }),
  );
  const keys = Array.from({ length: DOCUMENTS }, (_, index) => `files/${index} é+&.txt`);
  await Promise.all(keys.map((key, index) => put(key, `document ${index}`)));
  await aws.gateway.replication.idle();
  const judged = { LAG_SECONDS: "1", RETENTION_DAYS: String(RETENTION_DAYS), ROTATION_RUNS: "1" };
  compare = await asTheFunction(compareDocuments(context), judged);
  await untilJudged();
});

afterAll(async () => {
  process.env = environment;
  for (const client of Object.values(s3)) client.destroy();
  await proxy.stop();
  await aws.stop();
  await cloudwatch.stop();
});

afterEach(() => proxy.setFault(() => undefined));

test("copies that replication made are complete, equal by checksum and locked, under the function's own policy", async () => {
  const { outcome, reportKey } = await compared();

  const { tally, same, rules } = await report(reportKey);
  expect(outcome).toBe("finished");
  expect(tally).toMatchObject({ judged: DOCUMENTS, sampled: DOCUMENTS, findings: [] });
  expect(tally.checksums).toBeGreaterThan(0);
  expect(same).toBe(true);
  // The embedded S3 publishes no metrics of its rules.
  expect(rules.map((each) => each.rule)).toEqual(["live-ready", "locked"]);
});

test("its metrics are where the alarms look", async () => {
  const client = new CloudWatchClient({ endpoint: aws.gateway.url, region: recovery, credentials: root });
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: METRICS.namespace,
      MetricName: METRICS.documentsMissing,
      Dimensions: [
        { Name: "System", Value: "acme" },
        { Name: "Store", Value: "objects" },
      ],
      StartTime: new Date(Date.now() - 600_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 60,
      Statistics: ["Maximum"],
    }),
  );
  client.destroy();

  expect(Datapoints.map(({ Maximum }) => Maximum)).toContain(0);
});

test("what replication has not done is pending, what it will not do is missing, and what was changed is differing", async () => {
  aws.gateway.replication.setLag(3600);
  await put("pending.txt", "x");
  aws.gateway.replication.setLag(0);
  await put("lost.txt", "x");
  await put("changed.txt", "the document");
  await put("deleted.txt", "x");
  await sleep(1_000);
  await remove(s3.recovery, BUCKETS.documentsReplica, "lost.txt");
  await put("changed.txt", "scrambled it", s3.recovery, BUCKETS.documentsReplica);
  await remove(s3.primary, BUCKETS.documents, "deleted.txt");
  await sleep(500);
  await put("deleted.txt", "x", s3.recovery, BUCKETS.documentsReplica);
  await untilJudged();

  expect((await findings()).sort()).toEqual([
    "differing replica changed.txt",
    "missing replica lost.txt",
    "pending locked pending.txt",
    "pending replica pending.txt",
    "undeleted replica deleted.txt",
  ]);

  for (const key of ["pending.txt", "lost.txt", "changed.txt"]) await remove(s3.primary, BUCKETS.documents, key);
  await remove(s3.recovery, BUCKETS.documentsReplica, "deleted.txt");
  await remove(s3.recovery, BUCKETS.documentsReplica, "changed.txt");
});

const ofBucket =
  (bucket: string) =>
  ({ path }: SeenRequest) =>
    path.startsWith(`/${bucket}?`) || path.startsWith(`/${bucket}/?`) || path === `/${bucket}`;

test.each([
  ["503", { status: 503 }],
  ["500", { status: 500 }],
  ["a body that is cut short", "cut"],
] as const)("is made in spite of %s now and then", async (_name, fault) => {
  const listed = [BUCKETS.documents, BUCKETS.documentsReplica].map(ofBucket);
  proxy.setFault((seen) => (seen.attempt % 2 === 0 && listed.some((matches) => matches(seen)) ? fault : undefined));
  const before = proxy.requests.length;

  const { outcome } = await compared();

  expect(outcome).toBe("finished");
  expect(proxy.requests.slice(before).filter((seen) => seen.attempt % 2 === 1).length).toBeGreaterThan(0);
});

test("a page that never comes is asked for again, and given up after some attempts", async () => {
  const client = new S3Client({ ...patience(300), endpoint: proxy.url, credentials: root, forcePathStyle: true, region: primary });
  const pages = async () => {
    const found: number[] = [];
    for await (const page of pagesOfPrimary(s3Objects(client, BUCKETS.documents).list(""))) found.push(page.length);
    return found;
  };

  let asked = 0;
  proxy.setFault((seen) => {
    if (!ofBucket(BUCKETS.documents)(seen)) return undefined;
    asked += 1;
    return asked === 1 ? "silence" : undefined;
  });
  const late = await pages();
  proxy.setFault((seen) => (ofBucket(BUCKETS.documents)(seen) ? "silence" : undefined));
  const never = pages();

  expect(late.reduce((sum, length) => sum + length, 0)).toBeGreaterThanOrEqual(DOCUMENTS);
  expect(asked).toBe(2);
  await expect(never).rejects.toBeInstanceOf(PrimaryUnreachable);
  client.destroy();
});

test("a primary region that answers 503 for good, or is cut off, is said to be so, and no report is written", async () => {
  proxy.setFault((seen) => (ofBucket(BUCKETS.documents)(seen) ? { status: 503 } : undefined));
  const slow = await compared();
  proxy.setFault(() => undefined);
  aws.gateway.outage.cut(primary);
  const cutOff = await compared().finally(() => aws.gateway.outage.restore(primary));

  expect([slow.outcome, cutOff.outcome]).toEqual(["primary-unreachable", "primary-unreachable"]);
  expect([slow.reportKey, cutOff.reportKey]).toEqual([undefined, undefined]);
  expect((await compared()).outcome).toBe("finished");
});

test("a recovery region that fails fails the function, which pages somebody", async () => {
  proxy.setFault((seen) => (ofBucket(BUCKETS.documentsReplica)(seen) ? { status: 500 } : undefined));

  await expect(compared()).rejects.toThrow();
});

test("two comparisons at once, and one after a call that was killed in its middle, each find everything once", async () => {
  await put("only-here.txt", "x");
  await aws.gateway.replication.idle();
  await remove(s3.recovery, BUCKETS.documentsReplica, "only-here.txt");
  await untilJudged();
  const expected = ["missing replica only-here.txt"];

  const both = await Promise.all([findings(), findings()]);
  // What a killed call had compared is kept nowhere.
  proxy.setFault(({ method, path }) => (method === "PUT" && path.includes("catalogue/comparisons/") ? { status: 500 } : undefined));
  await expect(compare({}, call)).rejects.toThrow();
  proxy.setFault(() => undefined);
  // One that has hardly time keeps its place after the first key.
  const short = CompareDocumentsResponse.parse(await compare({}, { ...call, getRemainingTimeInMillis: () => 1_000 }));
  const resumed = await findings();

  expect(both).toEqual([expected, expected]);
  expect(short.outcome).toBe("continues");
  expect(resumed).toEqual(expected);
  await remove(s3.primary, BUCKETS.documents, "only-here.txt");
});

test("a lock is renewed where it ends soon, under the function's own policy, by two calls at once after some that were killed", async () => {
  const Bucket = BUCKETS.documentsVault;
  const Key = "short.txt";
  const soon = new Date(Math.floor(Date.now() / 1000) * 1000 + 3 * DAY_MS);
  await put(Key, "x");
  await aws.gateway.replication.idle();
  await s3.recovery.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: "x",
      ObjectLockMode: "GOVERNANCE",
      ObjectLockRetainUntilDate: soon,
      ChecksumAlgorithm: "SHA256",
    }),
  );
  const renew = await asTheFunction(renewLocks(context), {
    CATALOGUE_KEY: `arn:aws:kms:${recovery}:${ACCOUNT}:key/unused`,
    RETENTION: JSON.stringify({
      backupRetentionDays: 90,
      documentsRetentionDays: RETENTION_DAYS,
      longTerm: { hourly: 0, daily: 0, weekly: 0, monthly: 0 },
    }),
  });

  // A call that is killed behind its first lock: nothing of it goes through any more, its progress neither.
  let killed = false;
  proxy.setFault(({ method, path }) => {
    if (killed) return { status: 500 };
    killed = method === "PUT" && path.includes("retention");
    return undefined;
  });
  for (let run = 0; run < 5 && !killed; run += 1) await renew({}, call).catch(() => undefined);
  expect(killed).toBe(true);
  proxy.setFault(() => undefined);

  const outcomes: string[] = [];
  for (let run = 0; run < 5; run += 1) {
    const responses = await Promise.all([renew({}, call), renew({}, call)]);
    outcomes.push(...responses.map((response) => RenewLocksResponse.parse(response).outcome));
  }

  const { ObjectLockRetainUntilDate: until } = await s3.recovery.send(new HeadObjectCommand({ Bucket, Key }));
  expect(new Set(outcomes)).toEqual(new Set(["finished"]));
  expect(until?.getTime()).toBeGreaterThan(Date.now() + (RETENTION_DAYS - 1) * DAY_MS);
});
