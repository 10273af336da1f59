import { chromaClient } from "../../lambdas/chroma/client";
import { decodePart } from "../../lambdas/chroma/parquet";
import { exportChroma } from "../../lambdas/chroma-export/export";
import { importChroma } from "../../lambdas/chroma-import/import";
import { restoringName } from "../../lambdas/chroma-import/target";
import { deadlineOf, noDeadline } from "../../lambdas/shared/deadline";
import { sha256Hex } from "../../recovery/checksum";
import { allParts, manifestKey } from "../../recovery/chroma/manifest";
import { newDatabase, oddRecords, rawAnswer, removeRecords, type Seed, seed } from "../support/chroma-data";
import { planImport, readManifest, SYSTEM } from "../support/chroma-recovery";
import { startTestChroma, type TestChroma } from "../support/chroma-server";
import { MemoryObjects } from "../support/memory-objects";

const DIMENSION = 384;
const SEEDS: readonly Seed[] = [
  {
    name: "articles",
    space: "l2",
    records: oddRecords(1500, DIMENSION, 1),
    metadataJson: '{"owner":"дата","ratio":1.0,"large":9007199254740993}',
  },
  // As older clients write it; the server refuses a schema beside it.
  { name: "images", space: "cosine", records: oddRecords(1000, DIMENSION, 2), metadataJson: '{"hnsw:space":"cosine"}' },
  { name: "queries", space: "ip", records: oddRecords(500, DIMENSION, 3) },
  // An index that a configuration alone does not describe.
  {
    name: "nothing-yet",
    space: "l2",
    records: [],
    schemaJson: '{"defaults":{},"keys":{"number":{"int":{"int_inverted_index":{"enabled":false,"config":{}}}}}}',
  },
];
const TOTAL = 3000;
/** Where it is not about the amount. */
const SMALL: readonly Seed[] = SEEDS.map((one, index) => ({ ...one, records: oddRecords(one.records.length === 0 ? 0 : 60, 16, index) }));
const SMALL_TOTAL = 180;

/** Looks at calls, and may answer one itself. */
type Intercept = (url: string, body: string, pass: () => Promise<Response>) => Promise<Response>;
const intercepted =
  (intercept: Intercept): typeof fetch =>
  (input, init) =>
    intercept(String(input), String(init?.body ?? ""), () => fetch(input, init));

let server: TestChroma;
let staging: MemoryObjects;
let databases = 0;

beforeAll(async () => {
  server = await startTestChroma();
  await newDatabase(server.url, "source");
  await seed(server.url, "source", SEEDS);
  await newDatabase(server.url, "small-source");
  await seed(server.url, "small-source", SMALL);
});
afterAll(() => server?.stop());
beforeEach(() => {
  staging = new MemoryObjects("staging");
});

const exportFrom = (database: string, intercept?: Intercept, random = "0000") =>
  exportChroma({
    system: SYSTEM,
    client: chromaClient({ url: server.url, database, fetch: intercept === undefined ? fetch : intercepted(intercept) }),
    staging,
    now: () => new Date("2026-11-24T23:16:45.500Z"),
    random,
    checkDeadline: noDeadline,
  });

const importInto = (
  database: string,
  recoveryId: string,
  { intercept, checkDeadline = noDeadline }: { intercept?: Intercept; checkDeadline?: typeof noDeadline } = {},
) =>
  importChroma({
    system: SYSTEM,
    recoveryId,
    vault: staging,
    client: chromaClient({ url: server.url, database, fetch: intercept === undefined ? fetch : intercepted(intercept) }),
    now: () => new Date("2026-11-25T00:00:00.000Z"),
    checkDeadline,
  });

const emptyDatabase = (): Promise<string> => {
  databases += 1;
  return newDatabase(server.url, `target-${databases}`);
};

const namesOn = async (database: string): Promise<string[]> =>
  (await chromaClient({ url: server.url, database }).collections()).map(({ name }) => name).sort();

describe("an export of a real server", () => {
  test("holds every record bit for bit, in parts that match the manifest, which comes last", async () => {
    const report = await exportFrom("source");

    const manifest = await readManifest(staging, report.pointId);
    expect(report).toEqual({ pointId: "chroma-20261124T231645Z-0000", collections: 4, records: TOTAL, seconds: 0 });
    expect(
      manifest.collections.map(({ name, space, countAtSource, countWritten }) => ({ name, space, countAtSource, countWritten })),
    ).toEqual(
      expect.arrayContaining(
        SEEDS.map(({ name, space, records }) => ({ name, space, countAtSource: records.length, countWritten: records.length })),
      ),
    );
    expect(staging.puts.at(-1)).toBe(manifestKey(report.pointId));
    for (const part of allParts(manifest)) {
      const stored = await staging.get(part.key);
      expect(sha256Hex(stored?.bytes ?? "")).toBe(part.sha256);
      expect((await decodePart(stored?.bytes ?? new Uint8Array())).length).toBe(part.rows);
    }
    const articles = manifest.collections.find(({ name }) => name === "articles");
    expect(JSON.parse(articles?.configurationJson ?? "{}")).toMatchObject({ hnsw: { space: "l2", ef_search: 77 } });
    expect(articles?.metadataJson).toMatch(/"large":9007199254740993[,}]/);
    expect(articles?.metadataJson).toMatch(/"ratio":1\.0[,}]/);
    const records = await decodePart((await staging.get(articles?.parts[0]?.key ?? ""))?.bytes ?? new Uint8Array());
    const exported = new Map(records.map((record) => [record.id, record]));
    for (const source of SEEDS[0]?.records ?? []) {
      const found = exported.get(source.id);
      expect(found?.embedding).toEqual(source.embedding);
      expect([found?.document, found?.uri]).toEqual([source.document, source.uri]);
    }
    expect(exported.get("id-2")?.metadata).toMatch(/"float":1\.0[,}]/);
    // The server answers metadata in the order of its hash map, which differs from run to run.
    expect(exported.get("id-2")?.metadata).toMatch(/"whole":1[,}]/);
  });

  test("leaves out what was deleted while it ran, and counts it", async () => {
    const database = await emptyDatabase();
    await seed(server.url, database, [{ name: "busy", space: "l2", records: oddRecords(400, 8, 4) }]);
    const busy = (await chromaClient({ url: server.url, database }).collection("busy"))?.id ?? "";
    let deleted = false;

    const report = await exportFrom(database, async (url, body, pass) => {
      if (url.endsWith("/get") && body.includes('"ids"') && !deleted) {
        deleted = true;
        await removeRecords(server.url, database, busy, ["id-1", "id-398"]);
      }
      return pass();
    });

    const [collection] = (await readManifest(staging, report.pointId)).collections;
    expect(collection).toMatchObject({ countAtSource: 400, deletedMeanwhile: 2, countWritten: 398 });
  });

  test.each([
    ["a page comes back one record short", (body: string) => body.includes('"ids"')],
    ["the list of ids is one short", (body: string) => body === '{"include":[]}'],
  ])("is refused when %s, and leaves no manifest", async (_case, isShort) => {
    const short: Intercept = async (url, body, pass) => {
      if (!url.endsWith("/get") || !isShort(body)) return pass();
      const answer: Record<string, unknown> = JSON.parse(await (await pass()).text());
      const cut = Object.entries(answer).map(([name, value]) => [
        name,
        Array.isArray(value) && name !== "include" ? value.slice(1) : value,
      ]);
      return new Response(JSON.stringify(Object.fromEntries(cut)));
    };

    await expect(exportFrom("source", short)).rejects.toMatchObject({ code: "short-export" });

    expect(staging.keysUnder("").filter((key) => key.endsWith("manifest.json"))).toEqual([]);
  });

  test("goes on when the server is restarted in the middle", async () => {
    let pages = 0;

    const report = await exportFrom("source", async (url, body, pass) => {
      if (url.endsWith("/get") && body.includes('"ids"')) {
        pages += 1;
        if (pages === 2) await server.restart();
      }
      return pass();
    });

    expect(report.records).toBe(TOTAL);
  });

  test("two at once do not disturb each other", async () => {
    const [first, second] = await Promise.all([exportFrom("source", undefined, "aaaa"), exportFrom("source", undefined, "bbbb")]);

    const [one, other] = [await readManifest(staging, first.pointId), await readManifest(staging, second.pointId)];
    expect(first.pointId).not.toBe(second.pointId);
    expect(one.collections.map(({ contentDigest }) => contentDigest)).toEqual(other.collections.map(({ contentDigest }) => contentDigest));
  });

  test("stops before its time-out, without a manifest", async () => {
    let left = 12_000;
    const outOfTime = exportChroma({
      system: SYSTEM,
      client: chromaClient({ url: server.url, database: "source" }),
      staging,
      now: () => new Date(0),
      random: "0000",
      checkDeadline: deadlineOf(() => (left -= 1000)),
    });

    await expect(outOfTime).rejects.toMatchObject({ code: "interrupted" });

    expect(staging.keysUnder("").filter((key) => key.endsWith("manifest.json"))).toEqual([]);
  });
});

describe("an import into a new server", () => {
  let pointId: string;
  beforeEach(async () => {
    ({ pointId } = await exportFrom("small-source"));
    await planImport(staging, pointId, "drill-1");
  });

  test("restores every collection, verified; a second call finds it complete and changes nothing", async () => {
    const target = await emptyDatabase();
    const whole = await exportFrom("source", undefined, "ffff");
    await planImport(staging, whole.pointId, "drill-2");

    const result = await importInto(target, "drill-2");

    expect(result).toMatchObject({ recoveryId: "drill-2", pointId: whole.pointId, records: TOTAL, passed: true });
    expect(await namesOn(target)).toEqual(SEEDS.map(({ name }) => name).sort());
    const changes: string[] = [];
    const again = await importInto(target, "drill-2", {
      intercept: (url, body, pass) => {
        if (!/\/(get|query|count|version|pre-flight-checks)$/.test(url) && body !== "") changes.push(url);
        return pass();
      },
    });
    expect(again).toEqual(result);
    expect(changes).toEqual([]);
    for (const collection of ["articles", "queries"])
      for (const id of ["id-2", "id-6", "id-8", "ид-7"])
        expect(await rawAnswer(server.url, target, collection, id)).toBe(await rawAnswer(server.url, "source", collection, id));
  });

  test("goes on where an interrupted call stopped, and takes no name before its collection is complete", async () => {
    const target = await emptyDatabase();
    let checks = 0;
    const cut = importInto(target, "drill-1", { checkDeadline: deadlineOf(() => (++checks > 1 ? 0 : 60_000)) });
    await expect(cut).rejects.toMatchObject({ code: "interrupted" });
    expect((await namesOn(target)).every((name) => name.startsWith("lifeboat-restoring-"))).toBe(true);

    const result = await importInto(target, "drill-1");

    expect(result).toMatchObject({ records: SMALL_TOTAL, passed: true });
    expect(await namesOn(target)).toEqual(SEEDS.map(({ name }) => name).sort());
  });

  test("refuses a corrupted part by its name", async () => {
    const target = await emptyDatabase();
    const [part] = allParts(await readManifest(staging, pointId));
    staging.corrupt(part?.key ?? "", (bytes) => bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1));

    await expect(importInto(target, "drill-1")).rejects.toThrow(new RegExp(`digest-mismatch.*${part?.key}`));

    expect(await namesOn(target)).not.toContain("articles");
  });

  test("takes the sealed version of a part, not a later object under its key", async () => {
    const target = await emptyDatabase();
    const [part] = allParts(await readManifest(staging, pointId));
    await staging.put(part?.key ?? "", "forged", { contentType: "text/plain" });

    await expect(importInto(target, "drill-1")).resolves.toMatchObject({ passed: true });
  });

  test("refuses a server that is not new, and leaves it alone", async () => {
    const target = await emptyDatabase();
    await seed(server.url, target, [{ name: "somebody-elses", space: "l2", records: oddRecords(3, 2, 5) }]);

    await expect(importInto(target, "drill-1")).rejects.toMatchObject({ code: "target-refused" });

    expect(await namesOn(target)).toEqual(["somebody-elses"]);
  });

  test("refuses a collection of the same name with other content, and leaves it alone", async () => {
    const target = await emptyDatabase();
    const records = oddRecords(3, 2, 5);
    await seed(server.url, target, [{ name: "articles", space: "l2", records }]);

    await expect(importInto(target, "drill-1")).rejects.toMatchObject({ code: "target-refused" });

    const client = chromaClient({ url: server.url, database: target });
    const kept = await client.collection("articles");
    expect(await client.count(kept?.id ?? "")).toBe(3);
  });

  test("a record that the server changes fails the verification, takes no name, and is imported afresh", async () => {
    const target = await emptyDatabase();
    const spoilt = importInto(target, "drill-1", {
      intercept: (url, body, pass) => {
        if (!url.endsWith("/add")) return pass();
        return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: body.replace('"plain"', '"plane"') });
      },
    });
    await expect(spoilt).rejects.toMatchObject({ code: "digest-mismatch" });
    expect(await namesOn(target)).not.toContain("articles");
    expect(await namesOn(target)).not.toContain(restoringName("drill-1", 0));

    await expect(importInto(target, "drill-1")).resolves.toMatchObject({ passed: true });
  });
});
