import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { chromaServer } from "../../lambdas/chroma/server";
import { noDeadline } from "../../lambdas/shared/deadline";
import { getText } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { sha256Hex } from "../../recovery/checksum";
import { allParts, ChromaManifest, manifestKey } from "../../recovery/chroma/manifest";
import { furnish, oddRecords, seed, TENANT } from "../support/chroma-data";
import { driveExport } from "../support/chroma-machine";
import { readManifest, SYSTEM } from "../support/chroma-recovery";
import { startTestChroma, type TestChroma } from "../support/chroma-server";
import { type FaultyProxy, isGet, isPut, onceEach, S3_WRITE_FAULTS, startFaultyProxy } from "../support/faulty-proxy";
import { primary, root, startTestAws, type TestAws } from "./support/emulator";

// An export while S3 fails under it. Each request is made once by the client here, so that every fault reaches the export and its steps.
const EXECUTION = { run: "execution-1", startedAt: "2026-11-24T23:16:45.000Z" };
const ATTEMPTS = 30;
/** Nobody writes here meanwhile: no page needs its rest. */
const atOnce = async (): Promise<void> => {};

let aws: TestAws;
let chroma: TestChroma;
let proxy: FaultyProxy;
let throughFaults: S3Client;
let direct: S3Client;
let buckets = 0;
/** The manifest of an export that nothing disturbed. */
let undisturbed: string | undefined;

beforeAll(async () => {
  [aws, chroma] = await Promise.all([startTestAws({ lagSeconds: 0 }), startTestChroma()]);
  proxy = await startFaultyProxy(aws.gateway.url);
  const client = { region: primary, credentials: root, forcePathStyle: true };
  throughFaults = new S3Client({ ...client, endpoint: proxy.url, maxAttempts: 1 });
  direct = new S3Client({ ...client, endpoint: aws.gateway.url });
  await seed(await furnish(chromaServer({ url: chroma.url })), [
    { name: "articles", space: "l2", records: oddRecords(300, 16, 1) },
    { name: "images", space: "cosine", records: oddRecords(200, 16, 2) },
  ]);
  const { exporting, seen } = await prepare();
  undisturbed = await getText(seen, manifestKey(await exporting()));
});
afterEach(() => proxy.setFault(() => undefined));
afterAll(async () => {
  await proxy?.stop();
  await chroma?.stop();
  await aws?.stop();
});

const prepare = async () => {
  buckets += 1;
  const Bucket = `staging-${buckets}`;
  await direct.send(new CreateBucketCommand({ Bucket }));
  await direct.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  /** What stands, whatever the faults. */
  const seen = s3Objects(direct, Bucket);
  const tools = {
    ...{
      system: SYSTEM,
      server: chromaServer({ url: chroma.url, sleep: atOnce }),
      tenants: [TENANT],
      pieceRecords: 150,
      checkDeadline: noDeadline,
    },
    ...{ staging: s3Objects(throughFaults, Bucket), now: () => new Date("2026-11-24T23:20:00.000Z") },
  };
  const failures: string[] = [];
  const offeredIncomplete: string[] = [];
  /** A manifest whose writing was answered to nobody is there before its step has succeeded, and is whole. */
  const isWhole = async (key: string): Promise<boolean> => {
    const text = await getText(seen, key);
    if (text === undefined || text !== undisturbed) return false;
    const heads = await Promise.all(
      allParts(ChromaManifest.parse(JSON.parse(text))).map(async (part) => (await seen.head(part.key))?.sha256 === part.sha256),
    );
    return heads.every(Boolean);
  };
  const exporting = (run = EXECUTION.run) =>
    driveExport(tools, {
      ...{ ...EXECUTION, run, attempts: ATTEMPTS },
      onFailure: async (error) => {
        failures.push(String(error));
        for await (const page of seen.list("chroma/"))
          for (const { key } of page) if (key.endsWith("manifest.json") && !(await isWhole(key))) offeredIncomplete.push(key);
      },
    });
  return { exporting, failures, offeredIncomplete, seen };
};

it.each([...S3_WRITE_FAULTS, ["cuts what it answers", "cut", isGet] as const])(
  "leaves the same point when S3 %s once for each request, and offers none that is not whole",
  async (_what, fault, concerns) => {
    const { exporting, failures, offeredIncomplete, seen } = await prepare();
    proxy.setFault(onceEach(fault, concerns));

    const pointId = await exporting();

    expect(failures.length).toBeGreaterThan(5);
    expect(offeredIncomplete).toEqual([]);
    expect(await getText(seen, manifestKey(pointId))).toBe(undisturbed);
    for (const { key, sha256 } of allParts(await readManifest(seen, pointId)))
      expect(sha256Hex((await seen.get(key))?.bytes ?? "")).toBe(sha256);
  },
);

it("leaves the same point when S3 is slow: what it writes last is the manifest", async () => {
  const { exporting, failures, seen } = await prepare();
  const before = proxy.requests.length;
  let delayed = 0;
  proxy.setFault(() => {
    delayed += 1;
    return { delayMs: 50 };
  });

  const pointId = await exporting();

  const puts = proxy.requests.slice(before).filter(isPut);
  expect([delayed > puts.length, failures]).toEqual([true, []]);
  expect(puts.at(-1)?.path).toContain("manifest.json");
  expect(puts.filter(({ path }) => path.includes("manifest.json"))).toHaveLength(1);
  expect(await getText(seen, manifestKey(pointId))).toBe(undisturbed);
});

it("writes no manifest while S3 takes no parts, and completes the same point when that is over", async () => {
  const { exporting, offeredIncomplete, seen } = await prepare();
  proxy.setFault((request) => (isPut(request) && request.path.includes(".parquet") ? { status: 503 } : undefined));

  await expect(exporting()).rejects.toThrow();
  proxy.setFault(() => undefined);
  const pointId = await exporting();

  expect(offeredIncomplete).toEqual([]);
  expect(await getText(seen, manifestKey(pointId))).toBe(undisturbed);
});

it("makes two points of the same content of two exports at once, and one of one that is started twice", async () => {
  const { exporting, failures, seen } = await prepare();

  const [one, other, again] = await Promise.all([exporting(), exporting("execution-2"), exporting()]);

  expect([failures, again]).toEqual([[], one]);
  expect(other).not.toBe(one);
  const [first, second] = [await readManifest(seen, one), await readManifest(seen, other)];
  expect(await getText(seen, manifestKey(one))).toBe(undisturbed);
  expect(second.collections.map(({ contentDigest }) => contentDigest)).toEqual(first.collections.map(({ contentDigest }) => contentDigest));
  for (const { key, sha256 } of [...allParts(first), ...allParts(second)])
    expect(sha256Hex((await seen.get(key))?.bytes ?? "")).toBe(sha256);
});
