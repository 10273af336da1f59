import { writeCanary } from "../../../../lambdas/canary/write";
import { resolve } from "../../../../lambdas/resolve/resolve";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { LISTED_REFERENCES, type Reference } from "../../../../lambdas/validate/events";
import type { RestoredChroma } from "../../../../lambdas/validate/restored-chroma";
import { requirePassed, validate } from "../../../../lambdas/validate/validate";
import { recoveryResultKey, validationKey } from "../../../../recovery/catalogue/keys";
import { manifestKey } from "../../../../recovery/chroma/manifest";
import { BACKFILL_KEY, type Backfill, newBackfill } from "../../../../recovery/existing/backfill";
import { MemoryObjects } from "../../../support/memory-objects";
import { noBackups } from "../support/automated-backups";
import { exportedPoint, recordOf, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { proveInto } from "../support/vaults";

type Metadata = Readonly<Record<string, unknown>> | null;

/** A failover to 10:01:30 for documents and 10:00:00 for vectors, whose records have the given metadata. */
const prepare = async (metadata: readonly Metadata[], mode: "drill" | "failover" = "failover", backfill?: Backfill) => {
  const clock = clockAt("2026-11-24T09:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const replica = new MemoryObjects("replica", clock.now);
  for (const name of ["a", "b", "deleted"]) replica.add(`${name}.md`, name);
  clock.passSeconds(3660);
  const records = metadata.map((fields, index) => recordOf(`r${index}`, fields));
  await proveInto(vault, clock.now, exportedPoint("chroma-20261124T100000Z-1a2b", records));
  replica.add("deleted.md", undefined);
  clock.passSeconds(30);
  await writeCanary(replica, SYSTEM, clock.now());
  if (backfill !== undefined) replica.add(BACKFILL_KEY, JSON.stringify(backfill));
  await resolve(
    { ...noBackups, hasBackfill: backfill !== undefined, system: SYSTEM, vault, documentsReplica: replica, now: clock.now },
    { recoveryId: "r-1", mode, strategy: "latest", database: "restore", stores: ["chroma", "objects"] },
  );
  vault.add(recoveryResultKey("r-1", "chroma"), JSON.stringify({ passed: true }));
  const restored = new Map(records.map(({ id, metadata: text }) => [id, text]));
  const chroma: RestoredChroma = {
    count: async (name) => (name === "chunks" ? restored.size : undefined),
    ids: async (name) => (name === "chunks" ? [[...restored.keys()]] : undefined),
    metadata: async (_name, ids) => ids.map((id) => ({ id, metadata: restored.get(id) ?? null })),
    probed: async () => undefined,
  };
  const tools = {
    system: SYSTEM,
    vault,
    documentsReplica: replica,
    documents: replica,
    chroma,
    postgres: undefined,
    now: clock.now,
    deadline: noDeadline,
  };
  const run = (references: readonly Reference[] = [REFERENCE], documentsBucket = "replica") =>
    validate(tools, { recoveryId: "r-1", chromaUrl: "http://chroma.example:8000", documentsBucket, references: [...references] });
  return { replica, restored, run, vault };
};

const REFERENCE: Reference = { collection: "chunks", metadataField: "source", timeField: "writtenAt" };
const failedNames = (result: { checks: readonly { name: string; passed: boolean }[] }) =>
  result.checks.filter(({ passed }) => !passed).map(({ name }) => name);

describe("validating a recovery", () => {
  it("passes whole stores whose records find their objects, and keeps what it saw", async () => {
    const { run, vault } = await prepare([{ source: "a.md" }, { source: "b.md" }, { other: 1 }, null]);

    const result = await run();

    expect(result.checks.map(({ name, expected, actual }) => [name, expected, actual])).toEqual([
      ["chroma: restore", "passed", "passed"],
      ["chroma: records of default_tenant/default_database/chunks", "4", "4"],
      ["chroma: records", "4", "4"],
      ["objects: bucket", "replica", "replica"],
      ["references chunks.source", "0 broken of 2", "0 broken of 2"],
    ]);
    expect(result).toMatchObject({ passed: true, brokenCount: 0, lossCount: 0 });
    expect(JSON.parse(vault.text(validationKey("r-1")) ?? "")).toEqual(result);
  });

  it("lists as loss what crosses the time between the stores, and fails on anything else", async () => {
    const { run } = await prepare([
      { source: "new.md", writtenAt: "2026-11-24T10:01:31.000Z" },
      { source: "deleted.md", writtenAt: "2026-11-24T09:00:00.000Z" },
      { source: "never.md", writtenAt: "2026-11-24T10:01:30.000Z" },
      { source: "timeless.md" },
      { source: 7, writtenAt: "2026-11-24T10:01:31.000Z" },
    ]);

    const result = await run();

    expect(result.lossReferences).toMatchObject([{ objectKey: "new.md" }, { objectKey: "deleted.md" }]);
    expect(result.lossReferences[1]?.reason).toContain(
      "deleted 2026-11-24T10:01:00.000Z, after the vectors' time 2026-11-24T10:00:00.000Z",
    );
    expect(result.brokenReferences).toMatchObject([
      { recordId: "r2", objectKey: "never.md" },
      { recordId: "r3", objectKey: "timeless.md" },
      { recordId: "r4", objectKey: "7" },
    ]);
    expect(failedNames(result)).toEqual(["references chunks.source"]);
    expect(result.passed).toBe(false);
  });

  it("lists as loss what an unfinished backfill may not have brought, and fails on what it does not explain", async () => {
    const requested = newBackfill({ system: SYSTEM, bucket: "company", role: "r", rules: [] }, new Date("2026-11-24T09:30:00.000Z"));
    const { replica, run } = await prepare(
      [
        { source: "old.md", writtenAt: "2026-11-24T09:00:00.000Z" },
        { source: "timeless.md" },
        { source: "later.md", writtenAt: "2026-11-24T09:45:00.000Z" },
        { source: "replicated.md", writtenAt: "2026-11-24T09:00:00.000Z" },
      ],
      "failover",
      { ...requested, jobId: "job-1", status: "running" },
    );
    replica.add("replicated.md", "there");
    replica.add("replicated.md", undefined);

    const result = await run();

    expect(result.lossReferences).toMatchObject([
      { objectKey: "old.md", reason: expect.stringContaining("may never have been replicated: the backfill of company is running") },
      { objectKey: "timeless.md" },
      { objectKey: "replicated.md", reason: expect.stringContaining("was deleted") },
    ]);
    expect(result.brokenReferences).toMatchObject([{ objectKey: "later.md" }]);
    expect(result.checks.at(-1)?.actual).toBe("1 broken of 4, 3 lost");
  });

  it("takes times in milliseconds, and none from a field that is not configured", async () => {
    const { run } = await prepare([{ source: "new.md", writtenAt: Date.parse("2026-11-24T10:01:31.000Z") }]);

    expect(await run()).toMatchObject({ passed: true, lossCount: 1 });
    expect(await run([{ collection: "chunks", metadataField: "source" }])).toMatchObject({ passed: false, brokenCount: 1 });
  });

  it("counts all broken references and lists a bounded number", async () => {
    const { run } = await prepare(Array.from({ length: LISTED_REFERENCES + 5 }, (_, index) => ({ source: `missing-${index}.md` })));

    const result = await run();

    expect(result.brokenCount).toBe(LISTED_REFERENCES + 5);
    expect(result.brokenReferences).toHaveLength(LISTED_REFERENCES);
  });

  it("fails on lost records, a failed restore, a missing collection and another bucket", async () => {
    const { restored, run, vault } = await prepare([{ source: "a.md" }, { source: "b.md" }]);
    restored.delete("r0");
    vault.add(recoveryResultKey("r-1", "chroma"), JSON.stringify({ passed: false }));

    const result = await run([{ collection: "gone", metadataField: "source" }], "another-bucket");

    expect(failedNames(result)).toEqual([
      "chroma: restore",
      "chroma: records of default_tenant/default_database/chunks",
      "chroma: records",
      "objects: bucket",
      "references gone.source",
    ]);
  });

  it("wants the result of the documents' restore in a drill, for the same bucket", async () => {
    const { run, vault } = await prepare([{ source: "a.md" }], "drill");

    expect(failedNames(await run())).toEqual(["objects: restore", "objects: bucket"]);

    vault.add(recoveryResultKey("r-1", "objects"), JSON.stringify({ passed: true, targetBucket: "replica" }));
    expect(await run()).toMatchObject({ passed: true });
  });

  it("refuses a manifest that is not the pinned one", async () => {
    const { run, vault } = await prepare([{ source: "a.md" }]);
    const get = vault.get.bind(vault);
    vault.get = async (key, versionId) => {
      const found = await get(key, versionId);
      return key === manifestKey("chroma-20261124T100000Z-1a2b") && found !== undefined ? { ...found, bytes: Buffer.from("{}") } : found;
    };

    await expect(run()).rejects.toMatchObject({ code: "digest-mismatch" });
    expect(vault.text(validationKey("r-1"))).toBeUndefined();
  });
});

describe("a validation that did not pass", () => {
  it("is an error that names what failed, after its result was kept", async () => {
    const { restored, run, vault } = await prepare([{ source: "a.md" }]);
    restored.delete("r0");

    const result = await run();

    expect(() => requirePassed(result)).toThrow(
      /digest-mismatch.*records of default_tenant\/default_database\/chunks: expected 1, actual 0/,
    );
    expect(JSON.parse(Buffer.from((await vault.get(validationKey("r-1")))?.bytes ?? []).toString()).passed).toBe(false);
  });

  it("a passed one is handed on", async () => {
    const { run } = await prepare([{ source: "a.md" }]);

    const result = await run();

    expect(requirePassed(result)).toBe(result);
  });
});
