import type { HttpOptions } from "../../lambdas/chroma/http";
import { decodePart } from "../../lambdas/chroma/parquet";
import { type Answer, sendOverHttp } from "../../lambdas/chroma/send";
import { exportChroma } from "../../lambdas/chroma-export/export";
import { importChroma } from "../../lambdas/chroma-import/import";
import { restoringName } from "../../lambdas/chroma-import/target";
import { deadlineOf, noDeadline } from "../../lambdas/shared/deadline";
import { restoredChroma } from "../../lambdas/validate/restored-chroma";
import { requirePassed, validate } from "../../lambdas/validate/validate";
import { sha256Hex } from "../../recovery/checksum";
import { allParts, manifestKey } from "../../recovery/chroma/manifest";
import { DATABASE, furnish, oddRecords, rawAnswer, removeRecords, type Seed, seed, TENANT } from "../support/chroma-data";
import { planImport, readManifest, SYSTEM } from "../support/chroma-recovery";
import { startTestChroma, type TestChroma } from "../support/chroma-server";
import { tenantsApart } from "../support/chroma-targets";
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
  // An index that a configuration alone does not describe. Sparse vectors and their indexes this server refuses.
  {
    name: "nothing-yet",
    space: "l2",
    records: [],
    schemaJson: '{"defaults":{},"keys":{"number":{"int":{"int_inverted_index":{"enabled":false,"config":{}}}}}}',
  },
  { name: "queries", space: "ip", records: oddRecords(500, DIMENSION, 3) },
];
const TOTAL = 3000;
/** Where it is not about the amount. */
const SMALL: readonly Seed[] = SEEDS.map((one, index) => ({ ...one, records: oddRecords(one.records.length === 0 ? 0 : 60, 16, index) }));
const SMALL_TOTAL = 180;
/** Beside the default tenant: names repeat in other databases and tenants. */
const TENANTS = [TENANT, "blue"];
const named = (names: readonly string[]): string[] => names.map((name) => `${TENANT}/${DATABASE}/${name}`);

/** Looks at calls, and may answer one itself. */
type Intercept = (url: string, body: string, pass: () => Promise<Answer>) => Promise<Answer>;
// Nobody changes a record while it is read: no page needs its rest.
const http = (intercept: Intercept = (_url, _body, pass) => pass()): HttpOptions => ({
  sleep: async () => {},
  send: (request) => intercept(request.url, request.body ?? "", () => sendOverHttp(request)),
});

let server: TestChroma;
let staging: MemoryObjects;
let made = 0;

beforeAll(async () => {
  server = await startTestChroma();
  await seed(await furnish(tenantsApart(server.url, "source")), SEEDS);
  await seed(await furnish(tenantsApart(server.url, "small")), SMALL);
});
afterAll(() => server?.stop());
beforeEach(() => {
  staging = new MemoryObjects("staging");
});

const newServer = (): string => {
  made += 1;
  return `target-${made}`;
};

const exportFrom = (
  source: string,
  {
    intercept,
    random = "0000",
    tenants = [TENANT],
    pieceRecords = 400,
  }: { intercept?: Intercept; random?: string; tenants?: string[]; pieceRecords?: number } = {},
) =>
  exportChroma({
    system: SYSTEM,
    server: tenantsApart(server.url, source, http(intercept)),
    tenants,
    staging,
    now: () => new Date("2026-11-24T23:16:45.500Z"),
    random,
    checkDeadline: noDeadline,
    pieceRecords,
    concurrency: 2,
  });

const importInto = (
  target: string,
  recoveryId: string,
  { intercept, checkDeadline = noDeadline }: { intercept?: Intercept; checkDeadline?: typeof noDeadline } = {},
) =>
  importChroma({
    system: SYSTEM,
    recoveryId,
    vault: staging,
    server: tenantsApart(server.url, target, http(intercept)),
    now: () => new Date(),
    checkDeadline,
  });

const validateIn = (target: string, recoveryId: string, intercept?: Intercept) =>
  validate(
    {
      ...{ system: SYSTEM, vault: staging, documentsReplica: staging, documents: staging, postgres: undefined },
      chroma: restoredChroma(tenantsApart(server.url, target, http(intercept))),
      now: () => new Date(),
      deadline: noDeadline,
    },
    { recoveryId, chromaUrl: server.url, documentsBucket: "documents", references: [] },
  );

/** A question's vectors, each turned round. */
const withOppositeVectors = (body: string): string => {
  const question: { query_embeddings: number[][] } = JSON.parse(body);
  return JSON.stringify({
    ...question,
    query_embeddings: question.query_embeddings.map((vector) => vector.map((component) => -component)),
  });
};

const namesOn = async (target: string): Promise<string[]> => {
  const on = tenantsApart(server.url, target);
  const names: string[] = [];
  for (const tenant of TENANTS)
    if (await on.hasTenant(tenant))
      for (const database of await on.databases(tenant))
        names.push(...(await on.database(tenant, database).collections()).map(({ name }) => `${tenant}/${database}/${name}`));
  return names.sort();
};

const idOf = async (on: string, name: string): Promise<string> =>
  (await tenantsApart(server.url, on).database(TENANT, DATABASE).collection(name))?.id ?? "";

describe("an export of a real server", () => {
  test("holds every record bit for bit, in parts that match the manifest, which comes last", async () => {
    const report = await exportFrom("source");

    const manifest = await readManifest(staging, report.pointId);
    expect(report).toEqual({ pointId: "chroma-20261124T231645Z-0000", collections: 4, records: TOTAL, seconds: 0 });
    expect(
      manifest.collections.map(({ name, space, countAtSource, countWritten }) => ({ name, space, countAtSource, countWritten })),
    ).toEqual(SEEDS.map(({ name, space, records }) => ({ name, space, countAtSource: records.length, countWritten: records.length })));
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
    expect(articles?.parts.length).toBeGreaterThan(3);
    const exported = new Map<string, Awaited<ReturnType<typeof decodePart>>[number]>();
    for (const { key } of articles?.parts ?? [])
      for (const record of await decodePart((await staging.get(key))?.bytes ?? new Uint8Array())) exported.set(record.id, record);
    for (const source of SEEDS[0]?.records ?? []) {
      const found = exported.get(source.id);
      expect(found?.embedding).toEqual(source.embedding);
      expect([found?.document, found?.uri]).toEqual([source.document, source.uri]);
    }
    expect(exported.get("id-2")?.metadata).toBe('{"float":1.0,"large":9007199254740993,"no":false,"whole":1,"yes":true}');
  });

  test("has the same parts each time, but for their keys' point, however the server shuffles its answers", async () => {
    const digestsOf = async (random: string) => {
      const { pointId } = await exportFrom("source", { random });
      return allParts(await readManifest(staging, pointId)).map(({ sha256 }) => sha256);
    };

    expect(await digestsOf("aaaa")).toEqual(await digestsOf("bbbb"));
  });

  test("keeps probes with the answers of the source's own index", async () => {
    const { pointId } = await exportFrom("source");

    for (const { probes, countWritten } of (await readManifest(staging, pointId)).collections) {
      expect(probes).toHaveLength(Math.min(8, countWritten));
      for (const { id, answer } of probes) {
        expect(answer).toHaveLength(10);
        const distances = answer.map(({ distance }) => distance);
        expect([...distances].sort((a, b) => a - b)).toEqual(distances);
        // Of an inner product the nearest is the longest, not the same one.
        if (probes.length > 0 && distances[0] !== undefined && distances[0] >= 0 && distances[0] < 1e-5) expect(answer[0]?.id).toBe(id);
      }
    }
  });

  test("leaves out what was deleted while it ran, and counts it", async () => {
    const busy = newServer();
    await seed(await furnish(tenantsApart(server.url, busy)), [{ name: "busy", space: "l2", records: oddRecords(400, 8, 4) }]);
    const id = await idOf(busy, "busy");
    let deletion: Promise<void> | undefined;

    const report = await exportFrom(busy, {
      intercept: async (url, body, pass) => {
        // No page is read before it, of those that are asked for at once.
        if (url.endsWith("/get") && body.includes('"ids"')) {
          deletion ??= removeRecords(server.url, id, ["id-1", "id-398"]);
          await deletion;
        }
        return pass();
      },
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
      const answer: Record<string, unknown> = JSON.parse((await pass()).body.toString());
      const cut = Object.entries(answer).map(([name, value]) => [
        name,
        Array.isArray(value) && name !== "include" ? value.slice(1) : value,
      ]);
      return { status: 200, body: Buffer.from(JSON.stringify(Object.fromEntries(cut))) };
    };

    await expect(exportFrom("small", { intercept: short })).rejects.toMatchObject({ code: "short-export" });

    expect(staging.keysUnder("").filter((key) => key.endsWith("manifest.json"))).toEqual([]);
  });

  test("stops before its time-out, without a manifest", async () => {
    let left = 12_000;
    const outOfTime = exportChroma({
      system: SYSTEM,
      server: tenantsApart(server.url, "source"),
      tenants: [TENANT],
      staging,
      now: () => new Date(0),
      random: "0000",
      checkDeadline: deadlineOf(() => (left -= 1000)),
    });

    await expect(outOfTime).rejects.toMatchObject({ code: "interrupted" });

    expect(staging.keysUnder("").filter((key) => key.endsWith("manifest.json"))).toEqual([]);
  });
});

describe("several tenants and databases", () => {
  test("are exported and restored, the empty ones too, with collections of one name apart", async () => {
    const [source, target] = [newServer(), newServer()];
    const from = tenantsApart(server.url, source);
    await seed(await furnish(from), [{ name: "same", space: "l2", records: oddRecords(20, 4, 1) }]);
    await from.createDatabase(TENANT, "empty");
    await from.createTenant("blue");
    await from.createDatabase("blue", "other");
    await seed(from.database("blue", "other"), [{ name: "same", space: "cosine", records: oddRecords(30, 4, 2) }]);

    const { pointId } = await exportFrom(source, { tenants: TENANTS });
    const manifest = await planImport(staging, pointId, "drill-t");
    const result = await importInto(target, "drill-t");

    expect(manifest.databases.map(({ tenant, database }) => `${tenant}/${database}`)).toEqual([
      "blue/other",
      `${TENANT}/${DATABASE}`,
      `${TENANT}/empty`,
    ]);
    expect(result).toMatchObject({ records: 50, passed: true });
    expect(await namesOn(target)).toEqual(["blue/other/same", `${TENANT}/${DATABASE}/same`]);
    expect(await tenantsApart(server.url, target).databases(TENANT)).toEqual([DATABASE, "empty"]);
  });
});

describe("an import into a new server", () => {
  let pointId: string;
  beforeEach(async () => {
    ({ pointId } = await exportFrom("small"));
    await planImport(staging, pointId, "drill-1");
  });

  test("restores every collection, verified; a second call finds it complete and changes nothing", async () => {
    const target = newServer();
    const whole = await exportFrom("source", { random: "ffff" });
    await planImport(staging, whole.pointId, "drill-2");

    const result = await importInto(target, "drill-2");

    expect(result).toMatchObject({ recoveryId: "drill-2", pointId: whole.pointId, records: TOTAL, passed: true });
    expect(await namesOn(target)).toEqual(named(SEEDS.map(({ name }) => name)));
    const recall = result.checks.filter(({ name }) => name.endsWith(": recall"));
    expect(recall.map(({ name, passed }) => [name, passed])).toEqual(
      named(["articles", "images", "queries"]).map((name) => [`${name}: recall`, true]),
    );
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
        expect(await rawAnswer(server.url, await idOf(target, collection), id)).toBe(
          await rawAnswer(server.url, await idOf("source", collection), id),
        );
  });

  test("measures the server that it fills, and a call that finds all complete measures nothing", async () => {
    const target = newServer();

    const { measured } = await importInto(target, "drill-1");

    expect(measured?.added.records).toBe(SMALL_TOTAL);
    expect(measured?.readBack.records).toBe(SMALL_TOTAL);
    expect(measured?.added.bytes).toBeGreaterThan(SMALL_TOTAL * 16 * 4);
    expect(measured?.added.seconds).toBeGreaterThan(0);
    expect(measured?.beforeFirstRecordSeconds).toBeGreaterThan(0);
    expect(measured?.serverVersion).toMatch(/^\d+\./);
    // Another recovery finds what this one completed.
    await planImport(staging, pointId, "drill-2");
    expect((await importInto(target, "drill-2")).measured).toEqual({
      added: { records: 0, bytes: 0, seconds: 0 },
      readBack: { records: SMALL_TOTAL, seconds: expect.any(Number) },
      serverVersion: measured?.serverVersion,
    });
  });

  test("is asked the manifest's probes by the validation, and is not valid once its index finds far ones, or lost a record", async () => {
    const target = newServer();
    await importInto(target, "drill-1");
    const recalls = ({ checks }: Awaited<ReturnType<typeof validateIn>>) =>
      checks.filter(({ name }) => name.startsWith("chroma: recall of ")).map(({ passed }) => passed);

    const sound = await validateIn(target, "drill-1");
    // As of an index whose vectors were mixed up: each question is answered as if the opposite had been asked.
    const far = await validateIn(target, "drill-1", (url, body, pass) =>
      url.endsWith("/query") ? sendOverHttp({ method: "POST", url, body: withOppositeVectors(body) }) : pass(),
    );
    const manifest = await readManifest(staging, pointId);
    const probe = manifest.collections.find(({ name }) => name === "articles")?.probes[0]?.id ?? "";
    await removeRecords(server.url, await idOf(target, "articles"), [probe]);
    const lost = await validateIn(target, "drill-1");
    // What the runbook says to do.
    await tenantsApart(server.url, target).database(TENANT, DATABASE).remove("articles");
    await importInto(target, "drill-1");
    const mended = await validateIn(target, "drill-1");

    expect([sound.passed, recalls(sound)]).toEqual([true, [true, true, true]]);
    expect([far.passed, recalls(far)]).toEqual([false, [false, false, false]]);
    expect(() => requirePassed(far)).toThrow(
      /recall of default_tenant\/default_database\/articles: expected 0\.80 at least.+actual 0\.\d\d:/,
    );
    expect([lost.passed, recalls(lost)]).toEqual([false, [false, true, true]]);
    expect(mended.passed).toBe(true);
  });

  test("goes on where an interrupted call stopped, and takes no name before its collection is complete", async () => {
    const target = newServer();
    let checks = 0;
    const cut = importInto(target, "drill-1", { checkDeadline: deadlineOf(() => (++checks > 1 ? 0 : 60_000)) });
    await expect(cut).rejects.toMatchObject({ code: "interrupted" });
    expect((await namesOn(target)).every((name) => name.includes("/lifeboat-restoring-"))).toBe(true);

    const result = await importInto(target, "drill-1");

    expect(result).toMatchObject({ records: SMALL_TOTAL, passed: true });
    expect(await namesOn(target)).toEqual(named(SEEDS.map(({ name }) => name)));
  });

  test("refuses a corrupted part by its name", async () => {
    const target = newServer();
    const [part] = allParts(await readManifest(staging, pointId));
    staging.corrupt(part?.key ?? "", (bytes) => bytes.with(bytes.length >> 1, (bytes[bytes.length >> 1] ?? 0) ^ 1));

    await expect(importInto(target, "drill-1")).rejects.toThrow(new RegExp(`digest-mismatch.*${part?.key}`));

    expect(await namesOn(target)).not.toContain(named(["articles"])[0]);
  });

  test("takes the sealed version of a part, not a later object under its key", async () => {
    const [part] = allParts(await readManifest(staging, pointId));
    await staging.put(part?.key ?? "", "forged", { contentType: "text/plain" });

    await expect(importInto(newServer(), "drill-1")).resolves.toMatchObject({ passed: true });
  });

  test("refuses a server that is not new, and leaves it alone", async () => {
    const target = newServer();
    await seed(await furnish(tenantsApart(server.url, target)), [{ name: "somebody-elses", space: "l2", records: oddRecords(3, 2, 5) }]);

    await expect(importInto(target, "drill-1")).rejects.toMatchObject({ code: "target-refused" });

    expect(await namesOn(target)).toEqual(named(["somebody-elses"]));
  });

  test("refuses a collection of the same name with other content, and leaves it alone", async () => {
    const target = newServer();
    const client = await furnish(tenantsApart(server.url, target));
    await seed(client, [{ name: "articles", space: "l2", records: oddRecords(3, 2, 5) }]);

    await expect(importInto(target, "drill-1")).rejects.toMatchObject({ code: "target-refused" });

    expect(await client.count(await idOf(target, "articles"))).toBe(3);
  });

  test("a record that the server changes fails the verification, takes no name, and is imported afresh", async () => {
    const target = newServer();
    const spoilt = importInto(target, "drill-1", {
      intercept: (url, body, pass) => {
        if (!url.endsWith("/add")) return pass();
        return sendOverHttp({ method: "POST", url, body: body.replace('"plain"', '"plane"') });
      },
    });
    await expect(spoilt).rejects.toMatchObject({ code: "digest-mismatch" });
    expect(await namesOn(target)).not.toContain(named(["articles"])[0]);
    expect(await namesOn(target)).not.toContain(named([restoringName("drill-1", 0)])[0]);

    await expect(importInto(target, "drill-1")).resolves.toMatchObject({ passed: true });
  });
});
