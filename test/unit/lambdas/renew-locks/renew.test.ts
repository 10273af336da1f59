import { renewLocks } from "../../../../lambdas/renew-locks/renew";
import type { ObjectLock } from "../../../../lambdas/shared/objects";
import { Renewal } from "../../../../recovery/objects/renewal";
import { NO_LONG_TERM, retentionPolicy } from "../../../../recovery/retention/policy";
import { MemoryObjects } from "../../../support/memory-objects";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { catalogueIn, proveInto, sealInto } from "../support/vaults";

const DAY_SECONDS = 86_400;
const PERIOD_DAYS = 100;
/** A quarter of the period: within it a lock is renewed, and half of it is the rotation. */
const MARGIN_DAYS = 25;
const ROTATION_DAYS = 12;

const prepare = (pageSize = 4) => {
  const clock = clockAt("2026-01-01T00:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now, 100);
  const documentsReplica = new MemoryObjects("replica", clock.now, pageSize);
  const documentsVault = new MemoryObjects("documents-vault", clock.now, pageSize + 1);
  const { log, lines } = memoryLog();
  const days = (count: number): void => clock.passSeconds(count * DAY_SECONDS);
  const inDays = (count: number): Date => new Date((Math.floor(clock.now().getTime() / 1000) + count * DAY_SECONDS) * 1000);
  const replicated = async (key: string, mode: ObjectLock["mode"] = "GOVERNANCE"): Promise<void> => {
    documentsReplica.add(key, "x");
    await documentsVault.put(key, "x", { contentType: "text/plain", lock: { mode, until: inDays(PERIOD_DAYS) } });
  };
  const run = (goOn = () => true, longTerm = NO_LONG_TERM) => {
    // No two runs begin at once; S3 keeps a lock's seconds.
    clock.passSeconds(0.001);
    return renewLocks(
      { vault, catalogue: catalogueIn(vault), documentsReplica, documentsVault, log, now: clock.now, goOn },
      {
        system: SYSTEM,
        policy: retentionPolicy({ backupRetentionDays: 90, documentsRetentionDays: PERIOD_DAYS, longTerm }),
        lockMode: "GOVERNANCE",
        period: { days: PERIOD_DAYS },
      },
    );
  };
  const lockOf = async (store: MemoryObjects, key: string): Promise<Date | undefined> => (await store.head(key))?.lock?.until;
  const report = (key: string | undefined): Renewal => Renewal.parse(JSON.parse(vault.text(key ?? "") ?? "null"));
  return { clock, vault, documentsReplica, documentsVault, lines, days, inDays, replicated, run, lockOf, report };
};

const KEYS = Array.from({ length: 40 }, (_, index) => `k${String(index).padStart(3, "0")}`);

describe("renewing the locks of documents", () => {
  test("no current document is ever without a lock, for years of daily runs", async () => {
    const world = prepare(50);
    for (const key of KEYS) await world.replicated(key);
    const unlocked: string[] = [];

    for (let day = 0; day < 2 * PERIOD_DAYS; day += 1) {
      world.days(1);
      await world.run();
      for (const key of KEYS) if (((await world.lockOf(world.documentsVault, key)) ?? new Date(0)) <= world.clock.now()) unlocked.push(key);
    }

    expect(unlocked).toEqual([]);
  });

  test("looks at each of them once in a rotation, and lengthens only what ends soon", async () => {
    const world = prepare();
    for (const key of KEYS) await world.replicated(key);
    world.days(10);

    const tallies = [];
    for (let run = 0; run < ROTATION_DAYS; run += 1) tallies.push(world.report((await world.run()).reportKey).tally);

    expect(tallies.reduce((sum, { examined }) => sum + examined, 0)).toBe(KEYS.length);
    expect(tallies.every(({ lengthened }) => lengthened === 0)).toBe(true);
  });

  test("lets the lock of a document end that was deleted or overwritten", async () => {
    const world = prepare();
    await world.replicated("deleted");
    world.documentsReplica.add("deleted", undefined);
    const until = await world.lockOf(world.documentsVault, "deleted");
    world.days(PERIOD_DAYS - 1);

    for (let run = 0; run < ROTATION_DAYS; run += 1) await world.run();

    expect(await world.lockOf(world.documentsVault, "deleted")).toEqual(until);
  });

  test("never shortens and never weakens: a lock that somebody prolonged or made strict stays", async () => {
    const world = prepare();
    await world.replicated("held", "COMPLIANCE");
    const held = await world.documentsVault.head("held");
    const until = world.inDays(1000);
    await world.documentsVault.lock("held", held?.versionId ?? "", { mode: "COMPLIANCE", until });
    await world.replicated("strict", "COMPLIANCE");
    world.days(PERIOD_DAYS - MARGIN_DAYS + 1);

    for (let run = 0; run < ROTATION_DAYS; run += 1) await world.run();

    expect((await world.documentsVault.head("held"))?.lock).toEqual({ mode: "COMPLIANCE", until });
    expect((await world.documentsVault.head("strict"))?.lock).toEqual({ mode: "COMPLIANCE", until: world.inDays(PERIOD_DAYS) });
  });

  test("locks a copy that came without a lock", async () => {
    const world = prepare();
    world.documentsReplica.add("a", "x");
    world.documentsVault.add("a", "x");

    for (let run = 0; run < ROTATION_DAYS; run += 1) await world.run();

    expect(await world.lockOf(world.documentsVault, "a")).toEqual(world.inDays(PERIOD_DAYS));
  });

  test("goes on where its time ended, and looks at nothing twice", async () => {
    const world = prepare();
    for (const key of KEYS) await world.replicated(key);
    let seen = 0;
    const goOn = () => {
      seen += 1;
      return seen % 15 !== 0;
    };

    const outcomes: string[] = [];
    let reportKey: string | undefined;
    while (reportKey === undefined && outcomes.length < 10) {
      const response = await world.run(goOn);
      outcomes.push(response.outcome);
      reportKey = response.reportKey;
      world.clock.passSeconds(60);
    }

    expect(outcomes).toEqual(["continues", "continues", "finished"]);
    expect(world.report(reportKey)).toMatchObject({ calls: 3, tally: { documents: KEYS.length } });
  });

  test("one that cannot be locked keeps no other from being, and fails the run once all were tried", async () => {
    const world = prepare();
    for (const key of ["a", "b", "c"]) await world.replicated(key);
    world.days(PERIOD_DAYS - 1);
    const lock = world.documentsVault.lock.bind(world.documentsVault);
    world.documentsVault.lock = async (key, ...rest) => (key === "b" ? Promise.reject(new Error("AccessDenied")) : lock(key, ...rest));

    const failures: unknown[] = [];
    for (let run = 0; run < ROTATION_DAYS; run += 1) await world.run().catch((error) => failures.push(error));

    expect(failures).toHaveLength(1);
    expect(String(failures[0])).toMatch(/1 locks could not be renewed.*b: AccessDenied/);
    expect(await world.lockOf(world.documentsVault, "c")).toEqual(world.inDays(PERIOD_DAYS));
  });
});

const pointAt = (clock: { now: () => Date }, random: string) => {
  const startedAt = clock.now().toISOString();
  const id = `chroma-${startedAt.replace(/[-:]|\.\d+/g, "")}-${random}`;
  return exportedPoint(id, fiveRecords, { startedAt, finishedAt: new Date(clock.now().getTime() + 1000).toISOString() });
};

describe("renewing the locks of recovery points", () => {
  test("the last good point is held on, with everything that it needs; those before it are let go", async () => {
    const world = prepare();
    const older = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(1);
    const newest = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "bbbb"));
    const olderLock = await world.lockOf(world.vault, older);
    world.days(80);

    const { series } = await world.run();

    expect(series).toEqual([{ series: "chroma", held: "as the policy keeps them", points: 2, due: 1, lengthened: 1 }]);
    const ofPoint = world.vault.keysUnder("").filter((key) => key.includes("bbbb"));
    expect(ofPoint.length).toBeGreaterThan(3);
    for (const key of ofPoint) expect((await world.lockOf(world.vault, key))?.getTime()).toBeGreaterThan(world.inDays(90).getTime());
    expect(await world.lockOf(world.vault, older)).toEqual(olderLock);
    expect(ofPoint).toContain(newest);
  });

  test("a newer point that did not read back holds nobody's place", async () => {
    const world = prepare();
    const good = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(1);
    await sealInto(world.vault, world.clock.now, pointAt(world.clock, "bbbb"));
    world.days(80);

    await world.run();

    expect((await world.lockOf(world.vault, good))?.getTime()).toBeGreaterThan(world.inDays(90).getTime());
  });

  test("a point that was held on is left alone until its lock ends again", async () => {
    const world = prepare();
    await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(85);
    await world.run();
    world.vault.calls.length = 0;

    const { series } = await world.run();

    expect(series).toMatchObject([{ due: 1, lengthened: 0 }]);
    expect(world.vault.calls.filter((call) => call.startsWith("lock "))).toEqual([]);
  });

  test("a part that is gone is told, once everything else was held", async () => {
    const world = prepare();
    const entryKey = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    const [part] = world.vault.keysUnder("chroma/");
    world.days(85);
    const head = world.vault.head.bind(world.vault);
    world.vault.head = async (key, versionId) => (key === part ? undefined : head(key, versionId));

    await expect(world.run()).rejects.toThrow(/1 locks could not be renewed.*is gone from the vault/);
    expect(entryKey).toContain("aaaa");
  });

  test("months that the policy keeps are held on", async () => {
    const world = prepare();
    const january = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(40);
    await proveInto(world.vault, world.clock.now, pointAt(world.clock, "bbbb"));
    world.days(45);

    await world.run(() => true, { ...NO_LONG_TERM, monthly: 12 });

    expect((await world.lockOf(world.vault, january))?.getTime()).toBeGreaterThan(world.inDays(90).getTime());
  });
});
