import { postgresReady } from "../../../../lambdas/postgres-ready/ready";
import type { RestoredDatabase } from "../../../../lambdas/postgres-ready/server";
import { LOGIN_PATIENCE_MS, RETRY_MS } from "../../../../lambdas/postgres-ready/wait";
import type { Deadline } from "../../../../lambdas/shared/deadline";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { recoveryResultKey } from "../../../../recovery/catalogue/keys";
import { LifeboatError } from "../../../../recovery/errors";
import { PostgresResult } from "../../../../recovery/postgres/result";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { ENDPOINT, planDatabase, planPromotion, RESOLVED_AT } from "../support/database-plan";
import { memoryLog } from "../support/log";

const AS_OF = "2026-11-24T09:59:00.000Z";
const KEY = recoveryResultKey("r-1", "postgres");
const NOTHING = { count: 0, examples: [] };

const failing = (code: string) => Object.assign(new Error(`failure ${code}`), { code });

/** A restored server of two databases; each of its steps takes a second. `connects` fails as often as it has errors. */
const prepare = (changes: Partial<RestoredDatabase> = {}, connects: (Error | undefined)[] = []) => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  planDatabase(vault, "r-1", AS_OF);
  const { log, lines } = memoryLog();
  const connected: string[] = [];
  let closed = 0;
  const database: RestoredDatabase = {
    serverVersion: async () => "15.18 (Debian 15.18-1)",
    isInRecovery: async () => false,
    tryWrite: async () => clock.passSeconds(1),
    newestCommit: async (until) => (until === RESOLVED_AT ? "2026-11-24T09:58:59.500Z" : null),
    databases: async () => ["shop", "archive"],
    firstQueries: async (onTable) => {
      onTable();
      clock.passSeconds(1);
      return { answered: 3, unreadable: 0, failed: 0, failures: [] };
    },
    faults: async () => ({ indexes: NOTHING, constraints: NOTHING, sequences: NOTHING }),
    close: async () => {
      closed += 1;
    },
    ...changes,
  };
  const server = {
    connect: async (name: string) => {
      connected.push(name);
      clock.passSeconds(1);
      const error = connects.shift();
      if (error !== undefined) throw error;
      return database;
    },
  };
  const pauses: number[] = [];
  const pause = async (ms: number) => {
    pauses.push(ms);
    clock.passSeconds(ms / 1000);
  };
  const run = (options: { deadline?: Deadline; port?: number; recoveryId?: string } = {}) =>
    postgresReady(
      { system: SYSTEM, vault, server, now: clock.now, pause, deadline: options.deadline ?? noDeadline, log },
      { recoveryId: options.recoveryId ?? "r-1", endpoint: { ...ENDPOINT, port: options.port ?? ENDPOINT.port } },
    );
  return { clock, connected, lines, open: () => connected.length - closed, pauses, run, vault };
};

describe("a restored database", () => {
  it("is usable once it takes writes and every table of every database has answered, and the result is kept", async () => {
    const { connected, open, run, vault } = prepare();

    const result = await run();

    expect(result).toMatchObject({
      startedAt: "2026-11-24T10:00:00.000Z",
      connectedAt: "2026-11-24T10:00:01.000Z",
      recoveryEndedAt: "2026-11-24T10:00:02.000Z",
      usableAt: "2026-11-24T10:00:06.000Z",
      endpoint: ENDPOINT,
      serverVersion: "15.18 (Debian 15.18-1)",
      tables: 6,
      passed: true,
    });
    expect(result.checks.map(({ name, actual }) => [name, actual])).toEqual([
      ["recovery", "ended, and writes are taken"],
      ["major release", "15"],
      ["newest commit", "2026-11-24T09:58:59.500Z"],
      ["tables that answer", "6"],
      ["invalid indexes", "0"],
      ["constraints not validated", "0"],
      ["sequences behind their columns", "0"],
    ]);
    expect(PostgresResult.parse(JSON.parse(vault.text(KEY) ?? ""))).toEqual(result);
    expect(connected).toEqual(["shop", "shop", "archive", "shop", "archive"]);
    // The connection that waited is the last to go.
    expect(open()).toBe(0);
  });

  it("is looked at once: a later call answers what was found at first, and asks the server nothing", async () => {
    const { clock, connected, run, vault } = prepare();
    const first = await run();
    const asked = connected.length;
    clock.passSeconds(3600);

    expect(await run()).toEqual(first);
    expect(connected).toHaveLength(asked);
    expect(vault.versionsOf(KEY)).toHaveLength(1);
  });

  it("gives two callers at the same time the result of the first", async () => {
    const { clock, run, vault } = prepare();
    const put = vault.put.bind(vault);
    vault.put = async (key, body, options) => {
      vault.put = put;
      clock.passSeconds(1);
      await run();
      return put(key, body, options);
    };

    const result = await run();

    expect(result).toEqual(JSON.parse(vault.text(KEY) ?? ""));
    expect(vault.versionsOf(KEY)).toHaveLength(1);
  });

  it("of a promotion is at its newest commit, and not before what the replica was measured to have", async () => {
    const { run, vault } = prepare({ newestCommit: async () => "2026-11-24T09:59:29.250Z" });
    planPromotion(vault, "r-2");

    const { asOf, checks } = await run({ recoveryId: "r-2" });

    expect(asOf).toBe("2026-11-24T09:59:29.250Z");
    expect(checks).toContainEqual({
      ...{ name: "newest commit", expected: "not before 2026-11-24T09:59:28.000Z", actual: "2026-11-24T09:59:29.250Z", passed: true },
    });
  });

  it("of a promotion whose source was idle since the measurement is what the measurement shows, though its time is later", async () => {
    const { run, vault } = prepare({ newestCommit: async () => "2026-11-24T09:59:20.000Z" });
    planPromotion(vault, "r-2", { measuredAsOf: "2026-11-24T09:59:19.500Z" });

    const { asOf, passed } = await run({ recoveryId: "r-2" });

    expect([asOf, passed]).toEqual(["2026-11-24T09:59:20.000Z", true]);
  });

  it("of a promotion that has less than the replica had is refused", async () => {
    const { run, vault } = prepare({ newestCommit: async () => "2026-11-24T09:59:20.000Z" });
    planPromotion(vault, "r-2");

    await expect(run({ recoveryId: "r-2" })).rejects.toThrow(
      "newest commit: expected not before 2026-11-24T09:59:28.000Z, actual 2026-11-24T09:59:20.000Z",
    );
  });

  it("says what is not known instead of calling it checked", async () => {
    const { run } = prepare({
      newestCommit: async () => null,
      firstQueries: async () => ({ answered: 1, unreadable: 2, failed: 0, failures: [] }),
      faults: async () => ({ indexes: NOTHING, constraints: NOTHING, sequences: { ...NOTHING, unknown: "1 without an index" } }),
    });

    const { asOf, checks, tables } = await run();

    const actual = Object.fromEntries(checks.map((check) => [check.name, check.actual]));
    expect(actual["newest commit"]).toContain("not known");
    expect(actual["tables that answer"]).toBe("2, not known of 4, which the master user may not read");
    expect(actual["sequences behind their columns"]).toContain("not looked at: 1 without an index");
    expect(tables).toBe(2);
    expect(asOf).toBe(AS_OF);
  });
});

describe("while the database is not there yet", () => {
  it.each([
    ["refuses connections", failing("ECONNREFUSED")],
    ["starts", failing("57P03")],
    ["has no address that the resolver knows", failing("ENOTFOUND")],
    ["answers nothing", new Error("timeout expired")],
  ])("waits for a server that %s", async (_what, error) => {
    const { lines, pauses, run } = prepare({}, [error, error]);

    const result = await run();

    expect(result.connectedAt).toBe("2026-11-24T10:00:04.000Z");
    expect(pauses).toEqual([RETRY_MS, RETRY_MS]);
    expect(lines.map(({ message }) => message)).toEqual(["waiting for the database", "waiting for the database"]);
  });

  it("waits for recovery to end, and tells the first connection from the end of recovery", async () => {
    const answers = [true, true, false];
    const { run } = prepare({ isInRecovery: async () => answers.shift() ?? false });

    const result = await run();

    expect([result.connectedAt, result.recoveryEndedAt]).toEqual(["2026-11-24T10:00:01.000Z", "2026-11-24T10:00:05.000Z"]);
  });

  it("waits while writes are refused, and starts over when the server goes away between two tables", async () => {
    const writes = [failing("25006")];
    const queries = [new Error("Connection terminated unexpectedly")];
    const { open, run } = prepare({
      tryWrite: async () => {
        const refused = writes.shift();
        if (refused !== undefined) throw refused;
      },
      firstQueries: async () => {
        const broken = queries.shift();
        if (broken !== undefined) throw broken;
        return { answered: 1, unreadable: 0, failed: 0, failures: [] };
      },
    });

    const result = await run();

    expect(result).toMatchObject({ connectedAt: "2026-11-24T10:00:01.000Z", recoveryEndedAt: "2026-11-24T10:00:02.500Z", tables: 2 });
    expect(open()).toBe(0);
  });

  it("takes a refused password for one that RDS has not set yet, and not for ever", async () => {
    const passing = prepare({}, [failing("28P01")]);
    const lasting = prepare(
      {},
      Array.from({ length: 1000 }, () => failing("28P01")),
    );

    expect(await passing.run()).toMatchObject({ passed: true });
    await expect(lasting.run()).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("refuses the password"),
    });
    expect(lasting.clock.now().getTime() - Date.parse("2026-11-24T10:00:00Z")).toBeLessThan(LOGIN_PATIENCE_MS + 5000);
    expect(lasting.vault.text(KEY)).toBeUndefined();
  });

  it("stops before the function's time-out and says what it waits for", async () => {
    const { run, vault } = prepare(
      {},
      Array.from({ length: 1000 }, () => failing("ECONNREFUSED")),
    );
    let calls = 0;
    const deadline: Deadline = (progress) => {
      calls += 1;
      if (calls > 3) throw new LifeboatError({ code: "interrupted", what: progress(), hint: "call again" });
    };

    await expect(run({ deadline })).rejects.toThrow("the database is not usable yet: failure ECONNREFUSED");
    expect(vault.text(KEY)).toBeUndefined();
  });

  it.each([
    ["a certificate of another authority", failing("SELF_SIGNED_CERT_IN_CHAIN")],
    ["a database that does not exist", failing("3D000")],
    ["a server that speaks no TLS", new Error("The server does not support SSL connections")],
  ])("does not wait for what never passes: %s", async (_what, error) => {
    const { pauses, run } = prepare({}, [error]);

    await expect(run()).rejects.toBe(error);
    expect(pauses).toEqual([]);
  });
});

describe("a database that is not as it must be", () => {
  const one = { count: 7, examples: ["public.a", "public.b"] };
  it.each<[string, Partial<RestoredDatabase>, string]>([
    ["another major release", { serverVersion: async () => "16.1" }, "major release: expected 15, actual 16"],
    [
      "commits of after the restored time",
      { newestCommit: async () => "2026-11-24T09:59:01.000Z" },
      `newest commit: expected not after ${AS_OF}, actual 2026-11-24T09:59:01.000Z`,
    ],
    [
      "damaged tables",
      { firstQueries: async () => ({ answered: 3, unreadable: 0, failed: 1, failures: ["public.a: could not open file"] }) },
      "tables that answer: expected 8, actual 6, shop: public.a: could not open file, archive: public.a: could not open file",
    ],
    [
      "invalid indexes",
      { faults: async () => ({ indexes: one, constraints: NOTHING, sequences: NOTHING }) },
      "invalid indexes: expected 0, actual 14, shop: public.a; shop: public.b; archive: public.a; archive: public.b",
    ],
    [
      "constraints that hold for new rows only",
      { faults: async () => ({ indexes: NOTHING, constraints: one, sequences: NOTHING }) },
      "constraints not validated: expected 0, actual 14",
    ],
    [
      "sequences that would collide",
      { faults: async () => ({ indexes: NOTHING, constraints: NOTHING, sequences: one }) },
      "sequences behind their columns: expected 0, actual 14",
    ],
  ])("%s: is an error that names it, and nothing is kept, so that it is looked at again", async (_what, changes, message) => {
    const { run, vault } = prepare(changes);

    await expect(run()).rejects.toMatchObject({ code: "digest-mismatch", message: expect.stringContaining(message) });
    expect(vault.text(KEY)).toBeUndefined();
  });

  it("refuses the result of another database, and one that it cannot read", async () => {
    const { run, vault } = prepare();
    await run();

    await expect(run({ port: 5433 })).rejects.toMatchObject({ code: "target-refused" });
    vault.add(KEY, "{}");
    await expect(run()).rejects.toMatchObject({ code: "target-refused" });
    expect(vault.text(KEY)).toBe("{}");
  });

  it("refuses a recovery without a plan, before it connects", async () => {
    const { connected, run } = prepare();

    await expect(run({ recoveryId: "r-2" })).rejects.toMatchObject({ code: "target-refused" });
    expect(connected).toEqual([]);
  });
});
