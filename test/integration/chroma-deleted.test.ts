import { decodePart } from "../../lambdas/chroma/parquet";
import { type Answer, sendOverHttp } from "../../lambdas/chroma/send";
import { exportChroma } from "../../lambdas/chroma-export/export";
import { importChroma } from "../../lambdas/chroma-import/import";
import { noDeadline } from "../../lambdas/shared/deadline";
import { chromaContent } from "../../lambdas/verify/chroma/content";
import { CHROMA_EXPORT, manifestKey } from "../../recovery/chroma/manifest";
import { DATABASE, furnish, oddRecords, removeRecords, seed, TENANT } from "../support/chroma-data";
import { planImport, readManifest, SYSTEM } from "../support/chroma-recovery";
import { startTestChroma, type TestChroma } from "../support/chroma-server";
import { tenantsApart } from "../support/chroma-targets";
import { MemoryObjects } from "../support/memory-objects";

// Applications delete and rebuild collections while an export goes on: that costs the collection, never the export.
let server: TestChroma;
let made = 0;

beforeAll(async () => {
  server = await startTestChroma();
});
afterAll(() => server?.stop());

/** What reaches the server before a request does; an answer of its own takes the place of the server's. */
type Before = (request: { readonly url: string; readonly body: string }) => Promise<Answer | undefined>;

const prepare = async (names: readonly string[] = ["kept", "rebuilt"]) => {
  made += 1;
  const suffix = `deleted-${made}`;
  const on = tenantsApart(server.url, suffix);
  const client = await furnish(on);
  await seed(
    client,
    names.map((name, number) => ({ name, space: "l2" as const, records: oddRecords(60, 8, number) })),
  );
  const staging = new MemoryObjects("staging");
  const idOf = async (name: string): Promise<string> => (await client.collection(name))?.id ?? "";
  const exporting = (before: Before) =>
    exportChroma({
      ...{ system: SYSTEM, tenants: [TENANT], staging, random: "0000", checkDeadline: noDeadline, pieceRecords: 25 },
      server: tenantsApart(server.url, suffix, {
        // Nobody changes a record meanwhile: no page needs its rest.
        sleep: async () => {},
        send: async (request) => (await before({ url: request.url, body: request.body ?? "" })) ?? sendOverHttp(request),
      }),
      now: () => new Date("2026-11-24T23:16:45.000Z"),
    });
  const manifests = () => staging.keysUnder("chroma/").filter((key) => key.endsWith("manifest.json"));
  return { client, exporting, idOf, manifests, on, staging, suffix };
};

/** Acts once, before the request of this number among those that match. */
const once = (matches: (request: { readonly url: string; readonly body: string }) => boolean, number: number, act: () => Promise<void>) => {
  let seen = 0;
  const before: Before = async (request) => {
    if (matches(request)) {
      seen += 1;
      if (seen === number) await act();
    }
    return undefined;
  };
  return { before, wasReached: () => seen >= number };
};

const isContents =
  (id: string) =>
  ({ url, body }: { readonly url: string; readonly body: string }): boolean =>
    url.includes(id) && url.endsWith("/get") && body.includes('"documents"');

test("a collection that is deleted while it is read is named, and not restored; the others are", async () => {
  const { client, exporting, idOf, staging } = await prepare();
  const rebuilt = await idOf("rebuilt");
  const deleting = once(isContents(rebuilt), 2, async () => {
    await client.remove("rebuilt");
    // As a job does that rebuilds it: the new one has another id and is another collection.
    await seed(client, [{ name: "rebuilt", space: "l2", records: oddRecords(5, 8, 9) }]);
  });

  const report = await exporting(deleting.before);

  expect(deleting.wasReached()).toBe(true);
  expect(report).toMatchObject({ collections: 1, records: 60, collectionsDeleted: 1 });
  const manifest = await readManifest(staging, report.pointId);
  expect(manifest.collections.map(({ name, countWritten }) => [name, countWritten])).toEqual([["kept", 60]]);
  expect(manifest.deletedCollections).toMatchObject([{ name: "rebuilt", sourceId: rebuilt, countAtSource: 60 }]);
  const facts = CHROMA_EXPORT.facts(JSON.stringify(manifest));
  expect([facts.contradictions, facts.counts]).toEqual([[], { atSource: 60, written: 60 }]);
  // A part of it was stored before: it is no part of the point.
  expect(staging.keysUnder("chroma/").filter((key) => key.endsWith(".parquet")).length).toBeGreaterThan(facts.parts.length);
});

test("the proof and the restore say of a deleted collection that it is not there", async () => {
  const { client, exporting, idOf, staging } = await prepare();
  const deleting = once(isContents(await idOf("rebuilt")), 1, () => client.remove("rebuilt"));
  const { pointId } = await exporting(deleting.before);
  const name = (await readManifest(staging, pointId)).deletedCollections?.map((one) => `${one.tenant}/${one.database}/${one.name}`)[0];

  const proof = await chromaContent(decodePart)(
    staging.text(manifestKey(pointId)) ?? "",
    async (key) => (await staging.get(key))?.bytes,
    noDeadline,
    { from: undefined, reached: () => {} },
  );
  await planImport(staging, pointId, "drill-1");
  const target = tenantsApart(server.url, `target-${made}`);
  const result = await importChroma({
    ...{ system: SYSTEM, recoveryId: "drill-1", vault: staging, server: target, now: () => new Date(), checkDeadline: noDeadline },
  });

  expect(name).toBe(`${TENANT}/${DATABASE}/rebuilt`);
  expect(proof.every(({ passed }) => passed)).toBe(true);
  expect(proof.map((check) => check.name)).toContain(`${name}: deleted at the source before it was read`);
  expect(result).toMatchObject({ records: 60, passed: true });
  expect(result.checks).toContainEqual({
    ...{ name: `${name}: deleted at the source while it was exported`, passed: true },
    ...{ expected: "not restored", actual: "not restored" },
  });
  expect((await target.database(TENANT, DATABASE).collections()).map((collection) => collection.name)).toEqual(["kept"]);
});

test("a database that is deleted meanwhile takes its collections out of the point", async () => {
  const { exporting, on, staging, suffix } = await prepare(["kept"]);
  await on.createDatabase(TENANT, "scratch");
  await seed(on.database(TENANT, "scratch"), [{ name: "tables", space: "l2", records: oddRecords(60, 8, 3) }]);
  const id = (await on.database(TENANT, "scratch").collection("tables"))?.id ?? "";
  const deleting = once(isContents(id), 2, async () => {
    const { ok } = await fetch(`${server.url}/api/v2/tenants/${TENANT}-${suffix}/databases/scratch`, { method: "DELETE" });
    expect(ok).toBe(true);
  });

  const { pointId } = await exporting(deleting.before);

  const manifest = await readManifest(staging, pointId);
  expect(manifest.collections.map(({ name }) => name)).toEqual(["kept"]);
  expect(manifest.deletedCollections).toMatchObject([{ database: "scratch", name: "tables", countAtSource: 60 }]);
});

test("a collection that is deleted before its ids are listed is named without a count", async () => {
  const { client, exporting, idOf, staging } = await prepare(["a-rebuilt", "kept"]);
  const rebuilt = await idOf("a-rebuilt");
  const deleting = once(
    ({ url, body }) => url.includes(rebuilt) && body === '{"include":[]}',
    1,
    () => client.remove("a-rebuilt"),
  );

  const { pointId } = await exporting(deleting.before);

  const manifest = await readManifest(staging, pointId);
  expect(manifest.collections.map(({ name, countWritten }) => [name, countWritten])).toEqual([["kept", 60]]);
  expect(manifest.deletedCollections).toMatchObject([{ name: "a-rebuilt", countAtSource: null }]);
});

test("one that is deleted before what was missing of it could be looked for is left out: nobody can tell what was withheld", async () => {
  const { client, exporting, idOf, staging } = await prepare();
  const rebuilt = await idOf("rebuilt");
  const removing = once(isContents(rebuilt), 1, () => removeRecords(server.url, rebuilt, ["id-1"]));
  const deleting = once(
    ({ url, body }) => url.includes(rebuilt) && body.includes('"offset"'),
    1,
    () => client.remove("rebuilt"),
  );

  const { pointId } = await exporting(async (request) => (await removing.before(request)) ?? deleting.before(request));

  expect(deleting.wasReached()).toBe(true);
  expect(await readManifest(staging, pointId)).toMatchObject({
    collections: [{ name: "kept" }],
    deletedCollections: [{ name: "rebuilt", countAtSource: 60 }],
  });
});

test("one that is deleted after all of it was read is in the point, without probes", async () => {
  const { client, exporting, idOf, staging } = await prepare();
  const rebuilt = await idOf("rebuilt");
  const deleting = once(
    ({ url }) => url.endsWith(`${rebuilt}/query`),
    1,
    () => client.remove("rebuilt"),
  );

  const { pointId } = await exporting(deleting.before);

  expect(deleting.wasReached()).toBe(true);
  const manifest = await readManifest(staging, pointId);
  expect(manifest.deletedCollections).toBeUndefined();
  expect(manifest.collections.map(({ name, countWritten, probes }) => [name, countWritten, probes.length])).toEqual([
    ["kept", 60, 8],
    ["rebuilt", 60, 0],
  ]);
});

test("one that is renamed meanwhile is read to its end, under the name that it was listed by", async () => {
  const { client, exporting, idOf, staging } = await prepare();
  const rebuilt = await idOf("rebuilt");
  const renaming = once(isContents(rebuilt), 2, () => client.rename(rebuilt, "renamed"));

  const { pointId } = await exporting(renaming.before);

  expect(renaming.wasReached()).toBe(true);
  const manifest = await readManifest(staging, pointId);
  expect(manifest.deletedCollections).toBeUndefined();
  expect(manifest.collections.map(({ name, countWritten }) => [name, countWritten])).toEqual([
    ["kept", 60],
    ["rebuilt", 60],
  ]);
});

const notFound = (message: string): Answer => ({ status: 404, body: Buffer.from(JSON.stringify({ error: "NotFoundError", message })) });

test.each<[string, (url: string) => Answer | undefined]>([
  ["a collection that is there", (url) => (url.includes("by-id") ? undefined : notFound("Segment not found"))],
  ["everything of a collection, with nothing said, as a gateway does", () => ({ status: 404, body: Buffer.alloc(0) })],
])("a 404 to %s is no deletion: the export fails and leaves no manifest", async (_what, answer) => {
  const { exporting, idOf, manifests } = await prepare();
  const rebuilt = await idOf("rebuilt");

  const exported = exporting(async ({ url }) => (url.includes(rebuilt) ? answer(url) : undefined));

  await expect(exported).rejects.toThrow(/store-unavailable.*HTTP 404/s);
  expect(manifests()).toEqual([]);
});

test("a server that denies a collection which it still lists is not believed", async () => {
  const { exporting, idOf, manifests } = await prepare();
  const rebuilt = await idOf("rebuilt");

  const exported = exporting(async ({ url }) => (url.includes(rebuilt) ? notFound(`Collection [${rebuilt}] does not exist`) : undefined));

  await expect(exported).rejects.toThrow(/store-unavailable.*HTTP 404/s);
  expect(manifests()).toEqual([]);
});

test("an export of which nothing is left is refused: it would be the newest point, and hold nothing", async () => {
  const { client, exporting, idOf, manifests } = await prepare(["rebuilt"]);
  const deleting = once(isContents(await idOf("rebuilt")), 1, () => client.remove("rebuilt"));

  await expect(exporting(deleting.before)).rejects.toThrow(/short-export.*default_database\/rebuilt.*chroma\.schedule/s);

  expect(manifests()).toEqual([]);
});
