import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { sealArrivals } from "../../lambdas/seal/arrivals";
import { kmsAuthenticity } from "../../lambdas/shared/authenticity";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { noDeadline } from "../../lambdas/shared/deadline";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { provePoint } from "../../lambdas/verify/proof";
import { READERS } from "../../lambdas/verify/readers";
import type { Authenticator, Signer } from "../../recovery/catalogue/authenticity";
import { POINTS_PREFIX, PROOFS_PREFIX } from "../../recovery/catalogue/keys";
import { selectPoint } from "../../recovery/catalogue/select";
import { type FaultyProxy, type RequestFault, type SeenRequest, startFaultyProxy } from "../support/faulty-proxy";
import { exportedPoint, fiveRecords, SYSTEM } from "../unit/lambdas/support/chroma-point";
import { memoryLog } from "../unit/lambdas/support/log";
import { recovery, root, startTestAws, type TestAws } from "./support/emulator";

// Sealing and reading back while S3 fails: whatever it does, nothing incomplete is offered, and the next call completes.
let aws: TestAws;
let proxy: FaultyProxy;
let s3: S3Client;
let direct: S3Client;
let authenticity: Signer & Authenticator;
let buckets = 0;

beforeAll(async () => {
  aws = await startTestAws({ lagSeconds: 0 });
  proxy = await startFaultyProxy(aws.gateway.url);
  const client = { region: recovery, credentials: root, forcePathStyle: true };
  s3 = new S3Client({ ...client, endpoint: proxy.url, maxAttempts: 2 });
  direct = new S3Client({ ...client, endpoint: aws.gateway.url });
  const kms = new KMSClient({ region: recovery, credentials: root, endpoint: aws.gateway.url });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }));
  authenticity = kmsAuthenticity(kms, KeyMetadata?.Arn ?? "");
});
afterEach(() => proxy.setFault(() => undefined));
afterAll(async () => {
  await proxy?.stop();
  await aws?.stop();
});

const POINT = exportedPoint("chroma-20251124T100000Z-1a2b", fiveRecords, {
  startedAt: "2025-11-24T10:00:00.000Z",
  finishedAt: "2025-11-24T10:00:20.000Z",
});
const now = () => new Date();

/** An export that arrived in a locked vault, and the functions that reach the vault through the faults. */
const prepare = async () => {
  buckets += 1;
  const Bucket = `vault-${buckets}`;
  const CreateBucketConfiguration = { LocationConstraint: recovery } as const;
  await direct.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true, CreateBucketConfiguration }));
  await direct.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const vault = s3Objects(s3, Bucket);
  const seen = s3Objects(direct, Bucket);
  const refusals: Date[] = [];
  const tools = {
    ...{ vault, signer: authenticity, authenticator: authenticity, catalogue: catalogueOf(vault, authenticity), readers: READERS },
    ...{ log: memoryLog().log, now, deadline: noDeadline, refused: async () => void refusals.push(now()) },
  };
  const arrivals: { bucket: string; key: string; versionId?: string; arrivedAt: Date }[] = [];
  for (const { key, body } of POINT.objects) {
    const { versionId } = await seen.put(key, body, { contentType: "application/octet-stream" });
    arrivals.push({ bucket: Bucket, key, ...(versionId === undefined ? {} : { versionId }), arrivedAt: now() });
  }
  const seal = async () =>
    (await sealArrivals(tools, { system: SYSTEM, lockMode: "GOVERNANCE", backupRetentionDays: 1 }, arrivals)).points[0];
  const prove = (entryKey: string) => provePoint(tools, SYSTEM, entryKey);
  const keysUnder = async (prefix: string) => {
    const keys: string[] = [];
    for await (const page of seen.list(prefix)) keys.push(...page.map(({ key }) => key));
    return keys;
  };
  const offered = async () => (await selectPoint(catalogueOf(seen, authenticity), SYSTEM, "chroma")).chosen?.key;
  return { keysUnder, offered, prove, refusals, seal };
};

const ofParts = ({ method, path }: SeenRequest): boolean => method === "GET" && path.includes(".parquet");

it.each([503, 500])("bears a %i to the first attempt of every request", async (status) => {
  const { offered, prove, seal } = await prepare();
  const first = new Set<string>();
  proxy.setFault(({ method, path }) => {
    const request = `${method} ${path}`;
    if (first.has(request)) return undefined;
    first.add(request);
    return { status };
  });

  const sealed = await seal();
  const proven = await prove(sealed?.entryKey ?? "");

  expect([sealed?.outcome, proven.outcome]).toEqual(["sealed", "passed"]);
  expect(await offered()).toBe(sealed?.entryKey);
});

it.each<[string, RequestFault]>([
  ["answers 503 and nothing else", { status: 503 }],
  ["answers 500 and nothing else", { status: 500 }],
  ["cuts every body short", "cut"],
])("seals nothing while S3 %s for parts, calls it no refusal, and seals when that is over", async (_what, fault) => {
  const { keysUnder, refusals, seal } = await prepare();
  proxy.setFault((request) => (ofParts(request) ? fault : undefined));

  await expect(seal()).rejects.toThrow();
  const during = await keysUnder(POINTS_PREFIX);
  proxy.setFault(() => undefined);
  const after = await seal();

  expect(during).toEqual([]);
  expect(after?.outcome).toBe("sealed");
  expect(refusals).toEqual([]);
});

it.each<[string, RequestFault]>([
  ["answers 503 and nothing else", { status: 503 }],
  ["cuts every body short", "cut"],
])("proves nothing while S3 %s for parts, neither good nor bad, and proves when that is over", async (_what, fault) => {
  const { keysUnder, offered, prove, refusals, seal } = await prepare();
  const entryKey = (await seal())?.entryKey ?? "";
  proxy.setFault((request) => (ofParts(request) ? fault : undefined));

  await expect(prove(entryKey)).rejects.toThrow();
  const during = [await keysUnder(PROOFS_PREFIX), await offered()];
  proxy.setFault(() => undefined);
  const after = await prove(entryKey);

  expect(during).toEqual([[], undefined]);
  expect(after.outcome).toBe("passed");
  expect(refusals).toEqual([]);
});

it("answers for what it wrote when the answer to its entry was lost", async () => {
  const { keysUnder, offered, prove, seal } = await prepare();
  proxy.setFault(({ method, path, attempt }) => (method === "PUT" && path.includes(POINTS_PREFIX) && attempt === 0 ? "cut" : undefined));

  const sealed = await seal();
  await prove(sealed?.entryKey ?? "");

  expect(await keysUnder(POINTS_PREFIX)).toEqual([sealed?.entryKey]);
  expect(await offered()).toBe(sealed?.entryKey);
});
