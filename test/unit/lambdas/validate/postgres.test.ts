import { writeCanary } from "../../../../lambdas/canary/write";
import { resolve } from "../../../../lambdas/resolve/resolve";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import type { TableReference } from "../../../../lambdas/validate/events";
import type { RestoredChroma } from "../../../../lambdas/validate/restored-chroma";
import type { PointingRow, RestoredPostgres } from "../../../../lambdas/validate/restored-postgres";
import { validate } from "../../../../lambdas/validate/validate";
import { recoveryResultKey } from "../../../../recovery/catalogue/keys";
import type { DatabaseEndpoint } from "../../../../recovery/catalogue/standing";
import { MemoryObjects } from "../../../support/memory-objects";
import { backupsOf, noBackups, replicatedBackup } from "../support/automated-backups";
import { exportedPoint, recordOf, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { ENDPOINT } from "../support/database-plan";
import { proveInto } from "../support/vaults";

const ORDERS: TableReference = { table: "orders", column: "document_key", timeColumn: "written_at", to: "documents" };
const CHUNKS: TableReference = { table: "chunks", column: "vector_id", timeColumn: "written_at", to: { collection: "chunks" } };

const row = (name: string, key: string, writtenAt?: string): PointingRow => ({
  row: name,
  key,
  ...(writtenAt === undefined ? {} : { writtenAt: new Date(`2026-11-24T${writtenAt}Z`) }),
});

interface Situation {
  /** The database's time of a day on which the vectors are of 10:00:00 to 10:00:20 and the documents of 10:01:30. */
  readonly asOf?: string;
  readonly tables?: Readonly<Record<string, readonly PointingRow[]>>;
  readonly endpoint?: DatabaseEndpoint | null;
  readonly isPrimary?: () => Promise<boolean>;
}

const prepare = async ({ asOf = "10:01:00", tables = {}, endpoint = ENDPOINT, isPrimary = async () => true }: Situation = {}) => {
  const clock = clockAt("2026-11-24T09:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const replica = new MemoryObjects("replica", clock.now);
  for (const name of ["a", "early", "late"]) replica.add(`${name}.md`, name);
  clock.passSeconds(3660);
  await proveInto(vault, clock.now, exportedPoint("chroma-20261124T100000Z-1a2b", [recordOf("v1"), recordOf("v2")]));
  clock.passSeconds(-20);
  replica.add("early.md", undefined);
  clock.passSeconds(40);
  replica.add("late.md", undefined);
  clock.passSeconds(10);
  await writeCanary(replica, SYSTEM, clock.now());
  const backup = replicatedBackup(`2026-11-24T${asOf}.000Z`);
  await resolve(
    {
      ...noBackups,
      system: SYSTEM,
      automatedBackups: backupsOf(backup),
      vault,
      documentsReplica: replica,
      now: clock.now,
    },
    { recoveryId: "r-1", mode: "failover", strategy: "latest", database: "restore", stores: ["postgres", "chroma", "objects"] },
  );
  vault.add(recoveryResultKey("r-1", "chroma"), JSON.stringify({ passed: true }));
  vault.add(recoveryResultKey("r-1", "postgres"), JSON.stringify({ passed: true, endpoint: ENDPOINT }));
  const batches: number[] = [];
  const postgres: RestoredPostgres = {
    isPrimary,
    pointingRows: async ({ table }, onBatch) => {
      const rows = tables[table];
      for (let start = 0; start < (rows?.length ?? 0); start += 2) {
        batches.push(rows?.slice(start, start + 2).length ?? 0);
        await onBatch(rows?.slice(start, start + 2) ?? []);
      }
      return rows !== undefined;
    },
  };
  const vectors = ["v1", "v2"];
  const chroma: RestoredChroma = {
    count: async (name) => (name === "chunks" ? vectors.length : undefined),
    ids: async (name) => (name === "chunks" ? [vectors] : undefined),
    metadata: async (_name, ids) => ids.filter((id) => vectors.includes(id)).map((id) => ({ id, metadata: null })),
    probed: async () => undefined,
  };
  const tools = {
    system: SYSTEM,
    vault,
    documentsReplica: replica,
    documents: replica,
    chroma,
    postgres,
    now: clock.now,
    deadline: noDeadline,
  };
  const run = (...references: TableReference[]) =>
    validate(tools, {
      recoveryId: "r-1",
      chromaUrl: "http://chroma.example:8000",
      documentsBucket: "replica",
      references,
      ...(endpoint === null ? {} : { postgres: endpoint }),
    });
  return { batches, run, vault };
};

const failedNames = (result: { checks: readonly { name: string; passed: boolean }[] }) =>
  result.checks.filter(({ passed }) => !passed).map(({ name }) => name);

describe("validating a restored database", () => {
  it("passes the one that was found usable and serves now, and says in its answer which it was", async () => {
    const { run } = await prepare();

    const result = await run();

    expect(result.checks.slice(0, 3)).toEqual([
      { name: "postgres: restore", expected: "passed", actual: "passed", passed: true },
      expect.objectContaining({ name: "postgres: endpoint", actual: `restored.example:5432/shop by ${ENDPOINT.secretArn}`, passed: true }),
      { name: "postgres: serves", expected: "answers as a primary", actual: "answers as a primary", passed: true },
    ]);
    expect(result).toMatchObject({ passed: true, postgres: ENDPOINT });
  });

  it.each<[string, Situation, readonly string[]]>([
    ["another host", { endpoint: { ...ENDPOINT, host: "other.example" } }, ["postgres: endpoint"]],
    ["another secret", { endpoint: { ...ENDPOINT, secretArn: "arn:other" } }, ["postgres: endpoint"]],
    ["no database at all", { endpoint: null }, ["postgres: endpoint"]],
    ["one that is in recovery", { isPrimary: async () => false }, ["postgres: serves"]],
    ["one that does not answer", { isPrimary: () => Promise.reject(new Error("connect ECONNREFUSED")) }, ["postgres: serves"]],
  ])("fails %s", async (_what, situation, failed) => {
    const { run } = await prepare(situation);

    const result = await run();

    expect(failedNames(result)).toEqual(failed);
    expect(result.passed).toBe(false);
  });

  it("fails one that was never found usable, or failed", async () => {
    const { run, vault } = await prepare();
    const key = recoveryResultKey("r-1", "postgres");

    vault.add(key, JSON.stringify({ passed: false, endpoint: ENDPOINT }));
    expect(failedNames(await run())).toEqual(["postgres: restore"]);
    vault.add(key, undefined);
    expect(failedNames(await run())).toEqual(["postgres: restore", "postgres: endpoint"]);
  });
});

describe("references from rows", () => {
  it("pass when what they point to is there, batch by batch", async () => {
    const tables = { orders: [row("1", "a.md"), row("2", "a.md"), row("3", "a.md")], chunks: [row("1", "v1"), row("2", "v2")] };
    const { batches, run } = await prepare({ tables });

    const result = await run(ORDERS, CHUNKS);

    expect(result.checks.slice(-2).map(({ name, actual }) => [name, actual])).toEqual([
      ["references orders.document_key to documents", "0 broken of 3"],
      ["references chunks.vector_id to chunks", "0 broken of 2"],
    ]);
    expect(batches).toEqual([2, 1, 2]);
  });

  it("to documents are loss where the stores' times explain it, and broken otherwise", async () => {
    const orders = [
      row("1", "new.md", "10:01:31"),
      row("2", "late.md", "09:30:00"),
      row("3", "early.md", "09:30:00"),
      row("4", "never.md", "10:00:30"),
      row("5", "timeless.md"),
    ];
    const { run } = await prepare({ tables: { orders } });

    const result = await run(ORDERS);

    expect(result.lossReferences).toEqual([
      expect.objectContaining({ row: "1", table: "orders", column: "document_key", to: "documents", key: "new.md" }),
      expect.objectContaining({ row: "2", reason: expect.stringContaining("after the database's time 2026-11-24T10:01:00.000Z") }),
    ]);
    expect(result.brokenReferences).toMatchObject([{ row: "3" }, { row: "4" }, { row: "5", reason: expect.stringContaining("no time") }]);
    expect(failedNames(result)).toEqual(["references orders.document_key to documents"]);
  });

  it("to vectors are loss when they were written after the export", async () => {
    const { run } = await prepare({ tables: { chunks: [row("1", "v3", "10:00:30"), row("2", "v4", "09:59:59")] } });

    const result = await run(CHUNKS);

    expect(result.lossReferences).toMatchObject([{ row: "1", to: { collection: "chunks" }, key: "v3" }]);
    expect(result.brokenReferences).toMatchObject([{ row: "2", key: "v4" }]);
  });

  it("to vectors that may have been deleted between the database's time and the export are loss, because nothing tells", async () => {
    const { run } = await prepare({ asOf: "10:00:10", tables: { chunks: [row("1", "v4", "09:59:59")] } });

    const result = await run(CHUNKS);

    expect(result).toMatchObject({ passed: true, lossCount: 1, brokenCount: 0 });
    expect(result.lossReferences).toMatchObject([{ reason: expect.stringContaining("nothing tells") }]);
  });

  it("fail where the table, the column or the collection was not restored", async () => {
    const { run } = await prepare({ tables: { chunks: [] } });

    const result = await run(ORDERS, { ...CHUNKS, to: { collection: "gone" } });

    expect(failedNames(result)).toEqual(["references orders.document_key to documents", "references chunks.vector_id to gone"]);
  });
});
