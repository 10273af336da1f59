import { KEYS, MARGIN_DAYS, PERIOD_DAYS, prepare, ROTATION_DAYS } from "./world";

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

  test("one that cannot be locked keeps no other from being, fails the run once all were tried, and is the first of the next", async () => {
    const world = prepare();
    for (const key of ["a", "b", "c"]) await world.replicated(key);
    world.days(PERIOD_DAYS - 1);
    const lock = world.documentsVault.lock.bind(world.documentsVault);
    world.documentsVault.lock = async (key, ...rest) => (key === "b" ? Promise.reject(new Error("AccessDenied")) : lock(key, ...rest));

    const failures: unknown[] = [];
    for (let run = 0; run < ROTATION_DAYS; run += 1) await world.run().catch((error) => failures.push(error));

    world.documentsVault.lock = lock;
    await world.run();

    expect(String(failures[0])).toMatch(/1 locks could not be renewed.*b: AccessDenied/);
    expect(await world.lockOf(world.documentsVault, "b")).toEqual(world.inDays(PERIOD_DAYS));
    expect(await world.lockOf(world.documentsVault, "c")).toEqual(world.inDays(PERIOD_DAYS));
  });
});
