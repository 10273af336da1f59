import { NO_LONG_TERM } from "../../../../recovery/retention/policy";
import { exportedPoint, fiveRecords } from "../support/chroma-point";
import { proveInto, sealInto } from "../support/vaults";
import { KEYS, POINTS_ROTATION, prepare } from "./world";

const pointAt = (clock: { now: () => Date }, random: string) => {
  const startedAt = clock.now().toISOString();
  const id = `chroma-${startedAt.replace(/[-:]|\.\d+/g, "")}-${random}`;
  return exportedPoint(id, fiveRecords, { startedAt, finishedAt: new Date(clock.now().getTime() + 1000).toISOString() });
};

describe("renewing the locks of recovery points", () => {
  /** As many daily runs as it takes to look at each point once; the clock stands. */
  const round = async (world: ReturnType<typeof prepare>, longTerm = NO_LONG_TERM) => {
    const seen = { examined: 0, due: 0, lengthened: 0 };
    for (let run = 0; run < POINTS_ROTATION; run += 1)
      for (const { examined, due, lengthened } of (await world.run(() => true, longTerm)).series) {
        seen.examined += examined;
        seen.due += due;
        seen.lengthened += lengthened;
      }
    return seen;
  };

  test("the last good point is held on, with everything that it needs; those before it are let go", async () => {
    const world = prepare();
    const older = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(1);
    const newest = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "bbbb"));
    const olderLock = await world.lockOf(world.vault, older);
    world.days(80);

    const seen = await round(world);

    expect(seen).toEqual({ examined: 2, due: 1, lengthened: 1 });
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

    await round(world);

    expect((await world.lockOf(world.vault, good))?.getTime()).toBeGreaterThan(world.inDays(90).getTime());
  });

  test("a point that was held on is left alone until its lock ends again", async () => {
    const world = prepare();
    await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(85);
    await round(world);
    world.vault.calls.length = 0;

    expect(await round(world)).toEqual({ examined: 1, due: 0, lengthened: 0 });
    expect(world.vault.calls.filter((call) => call.startsWith("lock "))).toEqual([]);
  });

  test("what a killed call had not locked is locked by the next round, because the entry's lock comes last", async () => {
    const world = prepare();
    const entryKey = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(85);
    const lock = world.vault.lock.bind(world.vault);
    let locks = 0;
    world.vault.lock = async (...call) => {
      locks += 1;
      // Nothing of a killed call is written any more, its progress neither.
      if (locks > 2) throw new Error("killed");
      return lock(...call);
    };
    const put = world.vault.put.bind(world.vault);
    world.vault.put = async (key, ...rest) =>
      locks > 0 && key.startsWith("catalogue/renewals/") ? Promise.reject(new Error("killed")) : put(key, ...rest);
    await round(world).catch(() => undefined);
    expect((await world.lockOf(world.vault, entryKey))?.getTime()).toBeLessThan(world.inDays(10).getTime());
    Object.assign(world.vault, { lock, put });

    await round(world);

    for (const key of world.vault.keysUnder("").filter((key) => key.includes("aaaa")))
      expect((await world.lockOf(world.vault, key))?.getTime()).toBeGreaterThan(world.inDays(90).getTime());
  });

  test("a part that is gone is told, once everything else was held, and is the first of the next run", async () => {
    const world = prepare();
    await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    const [part] = world.vault.keysUnder("chroma/");
    world.days(85);
    const head = world.vault.head.bind(world.vault);
    world.vault.head = async (key, versionId) => (key === part ? undefined : head(key, versionId));
    const failures: string[] = [];
    for (let run = 0; run < POINTS_ROTATION + 1; run += 1) await world.run().catch((error) => failures.push(String(error)));

    expect(failures.length).toBeGreaterThan(1);
    expect(failures[0]).toMatch(/1 locks could not be renewed.*is gone from the vault/);
    expect(world.report(world.vault.keysUnder("catalogue/renewals/finished/")[0]).tally.failed).toBe(0);
  });

  test("months that the policy keeps are held on", async () => {
    const world = prepare();
    const january = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(40);
    await proveInto(world.vault, world.clock.now, pointAt(world.clock, "bbbb"));
    world.days(45);

    await round(world, { ...NO_LONG_TERM, monthly: 12 });

    expect((await world.lockOf(world.vault, january))?.getTime()).toBeGreaterThan(world.inDays(90).getTime());
  });

  test("a point that came with a shorter lock, under an earlier policy, is held for its days", async () => {
    const world = prepare();
    const entryKey = await proveInto(world.vault, world.clock.now, pointAt(world.clock, "aaaa"));
    world.days(1);
    await proveInto(world.vault, world.clock.now, pointAt(world.clock, "bbbb"));
    const version = world.vault.versionsOf(entryKey)[0];
    if (version !== undefined) version.lock = { mode: "GOVERNANCE", until: world.inDays(10) };

    await round(world);

    expect((await world.lockOf(world.vault, entryKey))?.getTime()).toBeGreaterThan(world.inDays(90).getTime());
  });

  test("that have no time leave the documents theirs, and go on where they stopped", async () => {
    const world = prepare();
    for (let day = 0; day < 20; day += 1) {
      await proveInto(world.vault, world.clock.now, pointAt(world.clock, String(day).padStart(4, "0")));
      world.days(1);
    }
    for (const key of KEYS) await world.replicated(key);
    let asked = 0;
    const outOfTime = () => {
      asked += 1;
      return asked % 9 !== 0;
    };

    const outcomes: string[] = [];
    let examined = 0;
    while (outcomes.at(-1) !== "finished") {
      const { outcome, reportKey, series } = await world.run(() => true, NO_LONG_TERM, outOfTime);
      outcomes.push(outcome);
      expect(reportKey).toBeDefined();
      examined = series.reduce((sum, each) => sum + each.examined, 0);
      world.clock.passSeconds(60);
    }

    expect(outcomes).toEqual(["continues", "continues", "finished"]);
    expect(examined).toBeGreaterThan(0);
  });
});
