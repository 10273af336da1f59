import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Ministack, rootCredentials, startMinistack } from "../../local/emulator";
import { waitUntil } from "../../local/process";
import { silentProgress } from "../../local/progress";
import type { FirstAcknowledged } from "../../local/workload/acknowledgements";
import { loadCorpus } from "../../local/workload/corpus";
import { embed } from "../../local/workload/embedding";
import { createLedger, type Ledger, readLedger } from "../../local/workload/ledger";
import { type Connect, connectWith } from "../../local/workload/target";
import { startWorkload, type Workload } from "../../local/workload/writer";
import { pinnedBy } from "../../ops/drill/as-of";
import type { Validation } from "../../ops/drill/compare";
import { validateAgainstLedger } from "../../ops/drill/validate";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { DatabaseEndpoint, LiveEndpoints } from "../../recovery/catalogue/standing";
import { type LedgerEntry, writeKey } from "../../recovery/evidence/ledger";
import { inAnotherRegion } from "../../recovery/evidence/since";
import { startTestPostgres, type TestPostgres } from "../support/postgres-server";
import { pythonTool } from "../support/python-tool";
import { startTestChroma, type TestChroma } from "./support/servers";

const PRIMARY = "us-east-1";
const RECOVERY = "eu-west-1";
const COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections";
const DOCUMENTS = 50;

describe("the workload writes through a disaster, and its loss is measured", () => {
  const started = new Date();
  let folder: string;
  let ministack: Ministack;
  let lost: TestChroma;
  let standby: TestChroma;
  let database: TestPostgres;
  let restored: TestPostgres;
  /** The time that the database is restored to. */
  let restoredTo: Date;
  let primary: S3Client;
  let recovery: S3Client;
  let ledger: Ledger;
  let workload: Workload;
  let live: LiveEndpoints;
  let disasterAt: Date;
  let first: FirstAcknowledged;
  let removed: { readonly objects: readonly string[]; readonly vectors: readonly LedgerEntry[] };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "lifeboat-workload-"));
    [ministack, lost, standby, database] = await Promise.all([
      pythonTool("ministack").then((command) =>
        startMinistack({ command, args: [], dataRoot: folder, logFile: join(folder, "ministack.log") }),
      ),
      startTestChroma(folder, "lost"),
      startTestChroma(folder, "standby"),
      startTestPostgres(),
    ]);
    const s3In = (region: string) => new S3Client({ endpoint: ministack.url, region, credentials: rootCredentials, forcePathStyle: true });
    primary = s3In(PRIMARY);
    recovery = s3In(RECOVERY);
    await primary.send(new CreateBucketCommand({ Bucket: "primary" }));
    await recovery.send(new CreateBucketCommand({ Bucket: "recovered", CreateBucketConfiguration: { LocationConstraint: RECOVERY } }));
    ledger = await createLedger(join(folder, "ledger.jsonl"));
    live = {
      schema: "lifeboat/live/1",
      system: "shop",
      region: PRIMARY,
      documentsBucket: "primary",
      chromaUrl: lost.url,
      postgres: await endpointOf(database, PRIMARY),
    };
    await runThroughDisaster();
  });

  afterAll(async () => {
    await workload?.stop();
    await ledger?.close();
    primary?.destroy();
    recovery?.destroy();
    await Promise.all([ministack?.stop(), lost?.process.stop(3000), standby?.process.stop(3000), restored?.stop()]);
    await database?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The database's address, with its credentials in the region's secret. */
  const endpointOf = async ({ host, port, database: name, user, password }: TestPostgres, region: string): Promise<DatabaseEndpoint> => {
    const secrets = new SecretsManagerClient({ endpoint: ministack.url, region, credentials: rootCredentials });
    const secret = { engine: "postgres", host, port, dbname: name, username: user, password };
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: "shop/postgres", SecretString: JSON.stringify(secret) }));
    secrets.destroy();
    return { host, port, database: name, secretArn: ARN ?? "" };
  };

  const written = (store: "objects" | "postgres", more: number): Promise<void> => {
    const { acknowledged } = workload.statistics()[store];
    return waitUntil(() => workload.statistics()[store].acknowledged >= acknowledged + more, {
      timeoutMs: 20_000,
      intervalMs: 20,
      what: `${more} writes are done`,
    });
  };

  /** Load, write, lose everything in the primary region, recover a copy without a few things, and write on there. */
  const runThroughDisaster = async (): Promise<void> => {
    const region = regionalOutage(connectWith({ endpoint: ministack.url, credentials: rootCredentials, databaseCa: database.ca }));
    workload = await startWorkload({
      endpoints: () => Promise.resolve(live),
      connect: region.connect,
      ledger,
      clock: () => new Date(),
      random: seeded(7),
      ratePerSecond: 20,
      corpus: await loadCorpus({ root: join(__dirname, "..", "..", "node_modules"), documents: DOCUMENTS }),
    });
    await workload.load(silentProgress);
    await database.baseBackup();
    workload.write();
    await written("objects", 30);
    restoredTo = new Date();
    await written("postgres", 16);

    await region.hold();
    await database.archiveNow();
    await copyEverything();
    removed = await removeByHand();
    disasterAt = new Date();
    for (const server of [lost, database]) {
      server.process.kill();
      await server.process.exited;
    }
    region.lose();
    restored = await database.restoreTo(restoredTo);

    const failuresBefore = workload.statistics().failedOperations;
    await waitUntil(() => workload.statistics().failedOperations > failuresBefore + 2, {
      timeoutMs: 20_000,
      intervalMs: 20,
      what: "writes fail",
    });
    live = {
      ...live,
      region: RECOVERY,
      documentsBucket: "recovered",
      chromaUrl: standby.url,
      postgres: await endpointOf(restored, RECOVERY),
    };
    first = await workload.firstAcknowledgedAfter(disasterAt);
    await workload.stop();
  };

  const copyEverything = async (): Promise<void> => {
    for await (const page of paginateListObjectsV2({ client: primary }, { Bucket: "primary" }))
      for (const { Key } of page.Contents ?? [])
        await recovery.send(new CopyObjectCommand({ Bucket: "recovered", Key, CopySource: `primary/${encodeURIComponent(Key ?? "")}` }));
    for (const [name, space] of [
      ["chunks", "cosine"],
      ["summaries", "l2"],
    ] as const) {
      const source = await collectionId(lost.url, name);
      const copy = await post(`${standby.url}${COLLECTIONS}`, JSON.stringify({ name, configuration: { hnsw: { space } } }));
      // The server's own text, so that this copy changes no number.
      const records = await post(
        `${lost.url}${COLLECTIONS}/${source}/get`,
        JSON.stringify({ include: ["documents", "metadatas", "embeddings"] }),
      );
      await post(`${standby.url}${COLLECTIONS}/${idIn(copy)}/add`, records);
    }
  };

  /** One document with its vectors, and two vectors of others: all of them loaded and never written again. */
  const removeByHand = async () => {
    const { entries } = await readLedger(join(folder, "ledger.jsonl"));
    const writes = new Map<string, number>();
    for (const entry of entries) writes.set(writeKey(entry), (writes.get(writeKey(entry)) ?? 0) + 1);
    const steady = entries.filter(
      (entry) => entry.load && !entries.some((other) => !other.load && documentOf(other) === documentOf(entry)),
    );
    const document = steady.find(({ store }) => store === "objects")?.key ?? "";
    const chunks = steady.filter(({ collection }) => collection === "chunks");
    const vectors = [
      ...steady.filter((entry) => entry.store === "chroma" && documentOf(entry) === document),
      ...chunks.filter((entry) => documentOf(entry) !== document).slice(0, 2),
    ];
    await recovery.send(new DeleteObjectsCommand({ Bucket: "recovered", Delete: { Objects: [{ Key: document }] } }));
    for (const { collection = "", key } of vectors)
      await post(`${standby.url}${COLLECTIONS}/${await collectionId(standby.url, collection)}/delete`, JSON.stringify({ ids: [key] }));
    return { objects: [document], vectors };
  };

  const validate = async (asOf: Times): Promise<Validation> =>
    validateAgainstLedger({
      ledger: async () => (await readLedger(join(folder, "ledger.jsonl"))).entries,
      disasterAt,
      since: inAnotherRegion(PRIMARY),
      rpoObjectiveSeconds: { postgres: 600, objects: 600, chroma: 600 },
      documents: { client: recovery, bucket: "recovered" },
      chroma: { url: standby.url },
      postgres: restored,
      ...pinnedBy(planOf(asOf, await recordsBeforeCutOver())),
      embed,
    });

  const recordsBeforeCutOver = async (): Promise<number> => {
    const { entries } = await readLedger(join(folder, "ledger.jsonl"));
    const since = new Set(entries.filter(({ region }) => region === RECOVERY).map(writeKey));
    let records = 0;
    for (const collection of ["chunks", "summaries"]) {
      const answer: { ids: string[] } = JSON.parse(
        await post(`${standby.url}${COLLECTIONS}/${await collectionId(standby.url, collection)}/get`, JSON.stringify({ include: [] })),
      );
      records += answer.ids.filter((key) => !since.has(writeKey({ store: "chroma", collection, key }))).length;
    }
    return records;
  };

  const failedChecks = ({ checks }: Validation) => checks.filter(({ passed }) => !passed).map(({ store, name }) => `${store}/${name}`);

  test("the writer goes on in the recovery region, and says since when", async () => {
    expect(first.objects.region).toBe(RECOVERY);
    expect(first.chroma.region).toBe(RECOVERY);
    expect(first.postgres.region).toBe(RECOVERY);
    expect(first.chroma.attemptedAt.getTime()).toBeGreaterThan(disasterAt.getTime());
    expect(workload.statistics()).toMatchObject({ endpointChanges: 1, region: RECOVERY });
    const { entries } = await readLedger(join(folder, "ledger.jsonl"));
    const unanswered = entries.filter(({ acknowledgedAt }) => acknowledgedAt === undefined);
    expect(unanswered.length).toBeGreaterThan(2);
    expect(unanswered.every(({ region }) => region === PRIMARY)).toBe(true);
  });

  test("the loss is exactly what was removed by hand", async () => {
    const validation = await validate({ postgres: restoredTo, objects: started, chroma: started });

    const { objects, chroma } = validation.losses;
    expect(objects.lost.map(({ key }) => key)).toEqual(removed.objects);
    expect(new Set(chroma.lost.map(writeKey))).toEqual(new Set(removed.vectors.map(writeKey)));
    expect(validation.stores.chroma.lostWrites).toBe(removed.vectors.length);
    const oldest = Math.min(...removed.vectors.map(({ acknowledgedAt }) => Date.parse(acknowledgedAt ?? "")));
    expect(validation.stores.chroma.lossSeconds).toBe((disasterAt.getTime() - oldest) / 1000);
    expect(validation.checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  test("the database lost the commits of after its time, and no other", async () => {
    const { losses, checks } = await validate({ postgres: restoredTo, objects: started, chroma: started });

    const { entries } = await readLedger(join(folder, "ledger.jsonl"));
    const commits = entries.filter(({ collection, region }) => collection === "commits" && region === PRIMARY);
    const lostNumbers = losses.postgres.lost.filter(({ collection }) => collection === "commits").map(({ key }) => key);
    const sentAfter = commits.filter((entry) => Date.parse(entry.attemptedAt) > restoredTo.getTime() && entry.acknowledgedAt !== undefined);
    expect(sentAfter.length).toBeGreaterThan(5);
    expect(lostNumbers).toEqual(expect.arrayContaining(sentAfter.map(({ key }) => key)));
    for (const { acknowledgedAt } of losses.postgres.lost)
      expect(Date.parse(acknowledgedAt ?? "")).toBeGreaterThanOrEqual(restoredTo.getTime());
    expect(losses.postgres.lossSeconds).toBeGreaterThan(0);
    expect(checks.filter(({ store }) => store === "postgres").map(({ name }) => name)).toEqual([
      "count",
      "digests",
      "untouched since cut-over",
      "complete as of its time",
      "exact as of its time",
      "no torn transaction",
      "written since cut-over",
      "sequences do not collide",
      "constraints hold",
      "recovery has ended",
      "references to documents",
      "references to vectors",
    ]);
  });

  test.each<[string, () => Date, readonly string[]]>([
    ["earlier", () => started, ["postgres/exact as of its time"]],
    ["later", () => disasterAt, ["postgres/complete as of its time", "postgres/exact as of its time"]],
  ])("a database restored to another time than planned, which was %s, fails", async (_, planned, failed) => {
    const validation = await validate({ postgres: planned(), objects: started, chroma: started });
    expect(failedChecks(validation)).toEqual(failed);
  });

  test("a recovery point that lacks what it promises fails", async () => {
    const validation = await validate({ postgres: restoredTo, objects: disasterAt, chroma: disasterAt });

    expect(failedChecks(validation)).toEqual([
      "objects/complete as of its time",
      "chroma/complete as of its time",
      "postgres/references to documents",
      "postgres/references to vectors",
    ]);
  });

  test("changed content, a number of another type and a missing object are found", async () => {
    const { entries } = await readLedger(join(folder, "ledger.jsonl"));
    const untouched = entries.filter((entry) => entry.load && !removed.objects.includes(documentOf(entry)));
    const [changed, missing] = untouched.filter(({ store }) => store === "objects").map(({ key }) => key);
    const summaries = await collectionId(standby.url, "summaries");
    await recovery.send(new PutObjectCommand({ Bucket: "recovered", Key: changed, Body: "scrambled" }));
    await recovery.send(new DeleteObjectsCommand({ Bucket: "recovered", Delete: { Objects: [{ Key: missing }] } }));
    await post(`${standby.url}${COLLECTIONS}/${summaries}/update`, JSON.stringify({ ids: [changed], metadatas: [{ weight: 1 }] }));

    const validation = await validate({ postgres: restoredTo, objects: disasterAt, chroma: started });

    expect(failedChecks(validation)).toEqual([
      "objects/digests",
      "objects/complete as of its time",
      "chroma/digests",
      "postgres/references to documents",
      "chroma/references to documents",
    ]);
    expect(validation.losses.objects.unexpected).toEqual([writeKey({ store: "objects", key: changed ?? "" })]);
    expect(validation.losses.chroma.unexpected).toEqual([writeKey({ store: "chroma", collection: "summaries", key: changed ?? "" })]);
    const ofVectors = validation.brokenReferences.filter(({ from }) => from.store === "chroma");
    expect(new Set(ofVectors.map(({ to }) => to.key))).toEqual(new Set([missing]));
  });
});

const documentOf = (entry: LedgerEntry): string => entry.references?.[0] ?? entry.key.replace(/#\d+$/, "");

type Times = Readonly<Record<"postgres" | "objects" | "chroma", Date>>;

const planOf = (asOf: Times, records: number): RecoveryPlan => ({
  schema: "lifeboat/recovery-plan/1",
  system: "shop",
  recoveryId: "test",
  mode: "failover",
  strategy: "latest",
  resolvedAt: asOf.chroma.toISOString(),
  stores: {
    chroma: {
      pointId: "chroma-test",
      entryKey: "entry",
      entrySha256: "0".repeat(64),
      manifestKey: "manifest",
      manifestVersionId: "1",
      manifestSha256: "0".repeat(64),
      asOf: asOf.chroma.toISOString(),
      windowFinishedAt: asOf.chroma.toISOString(),
      records,
      passedOver: [],
    },
    postgres: {
      method: "restore",
      automatedBackupsArn: "arn:aws:rds:eu-west-1:000000000000:auto-backup:ab-test",
      sourceResourceId: "db-TEST",
      engineVersion: "15",
      asOf: asOf.postgres.toISOString(),
      window: { earliest: asOf.postgres.toISOString(), latest: asOf.postgres.toISOString() },
    },
    objects: { bucket: "recovered", asOf: asOf.objects.toISOString() },
  },
  skewSeconds: 0,
});

/** A region whose stores can be held still, to copy them as of one time, and lost: S3's part of the loss, for which there is no server to kill. */
const regionalOutage = (connect: Connect) => {
  let held: Promise<void> | undefined;
  let release = (): void => undefined;
  let isLost = false;
  let underWay = 0;
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    await held;
    underWay += 1;
    return call().finally(() => {
      underWay -= 1;
    });
  };
  const gated = <T>(call: () => Promise<T>): Promise<T> =>
    counted(() => (isLost ? Promise.reject(new Error("the region does not answer")) : call()));
  const through: Connect = (live) => {
    const target = connect(live);
    if (live.region !== PRIMARY) return target;
    const { chroma, database } = target;
    return {
      ...target,
      putObject: (...call) => gated(() => target.putObject(...call)),
      deleteObject: (...call) => gated(() => target.deleteObject(...call)),
      chroma: {
        ...chroma,
        upsert: (...call) => counted(() => chroma.upsert(...call)),
        delete: (...call) => counted(() => chroma.delete(...call)),
      },
      database: { ...database, commit: (...call) => counted(() => database.commit(...call)) },
    };
  };
  return {
    connect: through,
    hold: async (): Promise<void> => {
      held = new Promise((resolve) => {
        release = resolve;
      });
      await waitUntil(() => underWay === 0, { timeoutMs: 5000, intervalMs: 10, what: "no call is under way" });
    },
    lose: (): void => {
      isLost = true;
      held = undefined;
      release();
    },
  };
};

const post = async (url: string, body: string): Promise<string> => {
  const response = await fetch(url, { method: "POST", body, headers: { "content-type": "application/json" } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return text;
};

const idIn = (text: string): string => {
  const answer: { id: string } = JSON.parse(text);
  return answer.id;
};

const collectionId = async (url: string, name: string): Promise<string> => idIn(await (await fetch(`${url}${COLLECTIONS}/${name}`)).text());

/** mulberry32: the same choices in every run. */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};
