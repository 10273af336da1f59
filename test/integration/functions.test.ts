import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { writeCanary } from "../../lambdas/canary/write";
import { ssmLiveParameter } from "../../lambdas/cut-over/live-parameter";
import { s3Copy } from "../../lambdas/documents-restore/copy";
import { restoreDocuments } from "../../lambdas/documents-restore/restore";
import { resolve } from "../../lambdas/resolve/resolve";
import { sealArrivals } from "../../lambdas/seal/arrivals";
import { kmsAuthenticity } from "../../lambdas/shared/authenticity";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { noDeadline } from "../../lambdas/shared/deadline";
import { cloudWatchMetrics, pointRefused } from "../../lambdas/shared/metrics";
import { getText, type ObjectStore } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { s3Digests } from "../../lambdas/verify/documents/digest";
import { readLarge } from "../../lambdas/verify/documents/large";
import { provePoint } from "../../lambdas/verify/proof";
import { READERS } from "../../lambdas/verify/readers";
import { type CloudWatch, createCloudWatch } from "../../local/cloudwatch";
import { type Authenticator, contentOfPinned, type Signer } from "../../recovery/catalogue/authenticity";
import { RecoveryPoint } from "../../recovery/catalogue/point";
import { manifestKey } from "../../recovery/chroma/manifest";
import { METRICS } from "../../recovery/names";
import { noBackups } from "../unit/lambdas/support/automated-backups";
import { exportedPoint, fiveRecords, SYSTEM } from "../unit/lambdas/support/chroma-point";
import { memoryLog } from "../unit/lambdas/support/log";
import { recovery, root, startTestAws, type TestAws } from "./support/emulator";

// What S3, SSM and CloudWatch decide: locks, conditional writes, versions, copies by version, parameter versions.
let aws: TestAws;
let cloudwatch: CloudWatch;
let s3: S3Client;
let authenticity: Signer & Authenticator;
let buckets = 0;

beforeAll(async () => {
  cloudwatch = createCloudWatch({ clock: { now }, account: "000000000000", publish: async () => undefined });
  aws = await startTestAws({ lagSeconds: 0, cloudwatch: () => cloudwatch });
  s3 = new S3Client(client());
  const kms = new KMSClient(client());
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }));
  authenticity = kmsAuthenticity(kms, KeyMetadata?.Arn ?? "");
});
afterAll(async () => {
  await cloudwatch.stop();
  await aws?.stop();
});

const client = () => ({ endpoint: aws.gateway.url, region: recovery, credentials: root });
const now = () => new Date();

const newBucket = async (name: string, { locked = false } = {}): Promise<ObjectStore> => {
  buckets += 1;
  const Bucket = `${name}-${buckets}`;
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ObjectLockEnabledForBucket: locked,
      CreateBucketConfiguration: { LocationConstraint: recovery },
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  return s3Objects(s3, Bucket);
};

const put = async (store: ObjectStore, key: string, body: Uint8Array | string): Promise<string> =>
  (await store.put(key, body, { contentType: "application/octet-stream" })).versionId ?? "";

const purge = (store: ObjectStore, key: string, versionId?: string) =>
  s3.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: key, VersionId: versionId }));

describe("sealing and verifying in a locked vault", () => {
  const POINT = exportedPoint("chroma-20251124T100000Z-1a2b", fiveRecords, {
    startedAt: "2025-11-24T10:00:00.000Z",
    finishedAt: "2025-11-24T10:00:20.000Z",
  });

  const prepare = async () => {
    const vault = await newBucket("vault", { locked: true });
    const refusals: Date[] = [];
    const refused = async () => void refusals.push(now());
    const key = { signer: authenticity, authenticator: authenticity };
    const proving = { catalogue: catalogueOf(vault, authenticity), readers: READERS };
    const tools = { ...key, ...proving, vault, log: memoryLog().log, now, deadline: noDeadline, refused };
    const settings = { system: SYSTEM, lockMode: "GOVERNANCE" as const, backupRetentionDays: 30 };
    const arrive = async (key: string, body: Uint8Array | string) => {
      const versionId = await put(vault, key, body);
      return sealArrivals(tools, settings, [{ bucket: vault.bucket, key, versionId, arrivedAt: now() }]);
    };
    const seal = async () => {
      for (const { key, body } of POINT.objects.slice(0, -1)) await arrive(key, body);
      const last = POINT.objects.at(-1);
      return (await arrive(last?.key ?? "", last?.body ?? "")).points[0];
    };
    return { arrive, refusals, seal, settings, tools, vault };
  };

  it("seals, locks against deletion, and proves", async () => {
    const { seal, tools, vault } = await prepare();

    const sealed = await seal();
    const proven = await provePoint(tools, SYSTEM, sealed?.entryKey ?? "");

    expect([sealed?.outcome, proven.outcome]).toEqual(["sealed", "passed"]);
    const entry = RecoveryPoint.parse(contentOfPinned((await getText(vault, sealed?.entryKey ?? "")) ?? ""));
    for (const { key, versionId } of [entry.manifest, ...entry.parts])
      await expect(purge(vault, key, versionId)).rejects.toThrow(/AccessDenied|Access Denied/);
    const kept = await vault.head(sealed?.entryKey ?? "");
    expect(kept?.lock).toEqual({ mode: "GOVERNANCE", until: new Date(entry.lock.until) });
    await expect(purge(vault, kept?.key ?? "", kept?.versionId)).rejects.toThrow(/AccessDenied|Access Denied/);
  });

  it("writes one entry when several seal the same point at once", async () => {
    const { settings, tools, vault } = await prepare();
    const arrivals = [];
    for (const { key, body } of POINT.objects)
      arrivals.push({ bucket: vault.bucket, key, versionId: await put(vault, key, body), arrivedAt: now() });

    const responses = await Promise.all(arrivals.map((arrival) => sealArrivals(tools, settings, [arrival])));

    const outcomes = responses.flatMap(({ points }) => points.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === "sealed")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "already-sealed")).toHaveLength(arrivals.length - 1);
  });

  it("survives an attack on names: overwritten and deleted keys still prove by their sealed versions", async () => {
    const { refusals, seal, tools, vault } = await prepare();
    const sealed = await seal();
    for (const { key } of POINT.objects) {
      await put(vault, key, "ransom");
      await purge(vault, key);
    }

    expect((await provePoint(tools, SYSTEM, sealed?.entryKey ?? "")).outcome).toBe("passed");
    expect(refusals).toHaveLength(0);
  });

  it("refuses a second manifest and keeps the entry", async () => {
    const { arrive, refusals, seal, vault } = await prepare();
    const sealed = await seal();
    const before = await getText(vault, sealed?.entryKey ?? "");

    const [again] = (await arrive(manifestKey(POINT.pointId), JSON.stringify({ ...POINT.manifest, collections: [] }))).points;

    expect(again?.outcome).toBe("already-sealed");
    expect(refusals).toHaveLength(1);
    expect(await getText(vault, sealed?.entryKey ?? "")).toBe(before);
  });

  it("locks what arrives for the whole period, lengthens but never shortens", async () => {
    const { arrive, settings, tools, vault } = await prepare();
    const key = "chroma/ä ü+%";
    await arrive(key, "text");
    const first = await vault.head(key);
    const again = (days: number) =>
      sealArrivals(tools, { ...settings, backupRetentionDays: days }, [
        { bucket: vault.bucket, key, versionId: first?.versionId, arrivedAt: now() },
      ]);

    const shorter = await again(10);
    const afterShorter = await vault.head(key);
    const longer = await again(60);
    const afterLonger = await vault.head(key);

    expect([shorter.locked, longer.locked]).toEqual([0, 1]);
    expect(afterShorter?.lock).toEqual(first?.lock);
    expect((afterLonger?.lock?.until.getTime() ?? 0) - (first?.lock?.until.getTime() ?? 0)).toBeGreaterThan(29 * 86_400_000);
  });
});

describe("reading locked documents back", () => {
  const prepare = async () => {
    const vault = await newBucket("documents-vault", { locked: true });
    return { vault, digests: s3Digests(new S3Client({ ...client(), responseChecksumValidation: "WHEN_REQUIRED" }), vault.bucket) };
  };
  const write = (bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.alloc(3_000_000, 7), ...more }));

  it("finds S3's own digests, and reads the same from the bytes", async () => {
    const { vault, digests } = await prepare();
    const until = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
    await write(vault.bucket, "sha.bin", { ChecksumAlgorithm: "SHA256", ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: until });
    await write(vault.bucket, "crc.bin", { ChecksumAlgorithm: "CRC32" });

    for (const [key, digest] of [
      ["sha.bin", "sha256"],
      ["crc.bin", "crc32"],
    ] as const) {
      const stored = await digests.stored(key);
      const read = await digests.read(key, stored?.versionId ?? "", noDeadline);
      expect(read?.sizeBytes).toBe(3_000_000);
      expect(stored?.[digest]).toBe(read?.[digest]);

      const large = await readLarge({ vault: digests, replica: digests, now, deadline: noDeadline }, { key, since: 0 }, 1_000_000 - 64);
      expect(large.stopped).toBeUndefined();
      expect(large.examined).toMatchObject({
        sizeBytes: 3_000_000,
        ...(key === "sha.bin" ? { confirmedBy: digest } : { fault: "it is not locked" }),
      });
    }
    expect((await digests.stored("sha.bin"))?.lockedUntil).toEqual(until);
    expect((await digests.stored("crc.bin"))?.lockedUntil).toBeUndefined();
  });

  it("finds nothing where there is nothing", async () => {
    const { vault, digests } = await prepare();
    await write(vault.bucket, "deleted.bin");
    await purge(vault, "deleted.bin");

    expect(await digests.stored("deleted.bin")).toBeUndefined();
    expect(await digests.stored("never.bin")).toBeUndefined();
    expect(await digests.read("never.bin", "00000000-0000-0000-0000-000000000000", noDeadline)).toBeUndefined();
  });
});

describe("restoring documents", () => {
  const prepare = async () => {
    const vault = await newBucket("vault", { locked: true });
    const documentsReplica = await newBucket("replica");
    const target = await newBucket("acme-recovered");
    await put(documentsReplica, "deleted.md", "was here");
    await purge(documentsReplica, "deleted.md");
    await put(documentsReplica, "twice.md", "old");
    await put(documentsReplica, "twice.md", "current");
    await put(documentsReplica, "a b/ä+%?#&=.md", "odd key");
    await s3.send(
      new PutObjectCommand({
        Bucket: documentsReplica.bucket,
        Key: "large.bin",
        Body: Buffer.alloc(300, 7),
        ContentType: "application/x-large",
        Metadata: { owner: "acme" },
      }),
    );
    await writeCanary(documentsReplica, SYSTEM, now());
    await resolve(
      { ...noBackups, system: SYSTEM, vault, documentsReplica, now },
      { recoveryId: "drill-1", mode: "drill", strategy: "latest", database: "restore", stores: ["objects"] },
    );
    // Times are in milliseconds: what is written from here on is of a later one.
    await new Promise((done) => setTimeout(done, 5));
    await put(documentsReplica, "twice.md", "scrambled");
    await put(documentsReplica, "later.md", "later");
    await purge(documentsReplica, "large.bin");
    const copy = s3Copy(s3, documentsReplica.bucket, target.bucket, { singleBytes: 100, partBytes: 200 });
    const tools = {
      system: SYSTEM,
      vault,
      documentsReplica,
      target,
      copy,
      recoveredBucketPrefix: "acme-recovered-",
      now,
      deadline: noDeadline,
    };
    return { restore: () => restoreDocuments(tools, { recoveryId: "drill-1", targetBucket: target.bucket }), target };
  };

  it("copies the versions of the plan's time, with their keys, types and metadata, large ones in parts", async () => {
    const { restore, target } = await prepare();

    const result = await restore();

    expect(result).toMatchObject({ objects: 3, passed: true, alreadyThere: 0 });
    expect(await getText(target, "twice.md")).toBe("current");
    expect(await getText(target, "a b/ä+%?#&=.md")).toBe("odd key");
    expect((await target.get("large.bin"))?.bytes).toEqual(new Uint8Array(300).fill(7));
    const large = await s3.send(new HeadObjectCommand({ Bucket: target.bucket, Key: "large.bin" }));
    expect(large).toMatchObject({ ContentType: "application/x-large", Metadata: { owner: "acme" } });
    expect(await target.head("deleted.md")).toBeUndefined();
    expect(await target.head("later.md")).toBeUndefined();
  });

  it("copies nothing twice", async () => {
    const { restore, target } = await prepare();
    await restore();
    const before = await target.head("twice.md");

    expect(await restore()).toMatchObject({ objects: 3, alreadyThere: 3 });
    expect((await target.head("twice.md"))?.versionId).toBe(before?.versionId);
  });
});

it("reads and writes the live parameter by its versions", async () => {
  const live = ssmLiveParameter(new SSMClient(client()), "/lifeboat/acme/live");
  expect(await live.read()).toBeUndefined();

  await live.write("one");
  await live.write("two");

  expect(await live.read()).toMatchObject({ value: "two", version: 2 });
});

it.each([
  ["a lag by system and store", METRICS.rpoLag, "chroma" as const],
  ["a refused point by system alone", METRICS.refusedPoints, undefined],
])("publishes %s, the dimensions that its alarm looks for", async (_what, name, store) => {
  const metricsClient = new CloudWatchClient(client());
  const at = now();
  const metrics = cloudWatchMetrics(metricsClient);

  if (store === undefined) await pointRefused(metrics, SYSTEM, () => at)();
  else await metrics.publish([{ name, unit: "Seconds", value: 42, at, system: SYSTEM, store }]);

  const { Datapoints } = await metricsClient.send(
    new GetMetricStatisticsCommand({
      Namespace: METRICS.namespace,
      MetricName: name,
      Dimensions: [{ Name: "System", Value: SYSTEM }, ...(store === undefined ? [] : [{ Name: "Store", Value: store }])],
      StartTime: new Date(at.getTime() - 60_000),
      EndTime: new Date(at.getTime() + 60_000),
      Period: 60,
      Statistics: ["Maximum"],
    }),
  );
  expect(Datapoints?.map(({ Maximum }) => Maximum)).toEqual([store === undefined ? 1 : 42]);
});
