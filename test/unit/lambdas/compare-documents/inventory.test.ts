import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareInventories, type InventorySettings } from "../../../../lambdas/compare-documents/inventory/compare";
import { newestReport } from "../../../../lambdas/compare-documents/inventory/manifest";
import { type InventoryRow, rowsOf } from "../../../../lambdas/compare-documents/inventory/rows";
import { MemoryObjects } from "../../../support/memory-objects";
import { filesOf, writeReport } from "./reports";
import { PERIOD_DAYS, prepare as prepareWorld } from "./world";

const prepare = (settings: Partial<InventorySettings> = {}) => {
  // No listing looks at a lock here: it is no turn.
  const world = prepareWorld({ rotationRuns: 1_000_000 });
  const reports = new MemoryObjects("reports", world.clock.now);
  const place = { bucket: reports, open: filesOf(reports) };
  const reportAll = async (): Promise<void> => {
    for (const bucket of [world.source, world.replica, world.locked]) await writeReport(reports, bucket, world.clock.now());
  };
  const compare = (over: { goOn?: () => boolean; directory?: string } = {}) =>
    compareInventories(
      { ...world.tools, ...over, reports: { source: place, replica: place, locked: place } },
      {
        system: "acme",
        buckets: { source: "source", replica: "replica", locked: "locked" },
        lagSeconds: 900,
        examine: { lockPeriod: { days: PERIOD_DAYS }, replicatesDeletes: true },
        ...settings,
      },
    );
  return { ...world, reports, reportAll, compare };
};

const KEYS = ["a", "b/c d.md", "ä+ü%.md", 'comma,and"quote', "\u{1F600}", "f", "g"];

describe("a report of S3 Inventory", () => {
  test("is read as AWS writes it: encoded keys, several files, no order", async () => {
    const { source, reports, reportAll, clock } = prepare();
    for (const key of KEYS) source.add(key, `content of ${key}`);
    await reportAll();

    const report = await newestReport(reports, "source");
    const rows: InventoryRow[] = [];
    if (report !== undefined) for await (const row of rowsOf(report, filesOf(reports))) rows.push(row);

    expect(report?.takenAt).toEqual(clock.now());
    expect(rows.map(({ key }) => key).sort()).toEqual([...KEYS].sort());
    expect(rows.find(({ key }) => key === "a")).toEqual({ key: "a", sizeBytes: 12, lastModified: clock.now() });
  });

  test("whose manifest is not as its checksum says is passed over for the one before", async () => {
    const { source, reports, reportAll, clock } = prepare();
    source.add("a", "x");
    await reportAll();
    const before = await newestReport(reports, "source");
    clock.passSeconds(86_400);
    await reportAll();
    const [torn] = reports
      .keysUnder("inventory/source/")
      .filter((key) => key.endsWith("manifest.json"))
      .reverse();
    reports.add(torn ?? "", "{");

    expect(await newestReport(reports, "source")).toEqual(before);
  });

  test.each([
    ["cut short", (bytes: Uint8Array) => bytes.slice(0, -10)],
    ["changed", (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, index) => (index === 4 ? byte ^ 1 : byte))],
  ])("with a file that was %s counts for nothing", async (_name, change) => {
    const world = prepare();
    for (const key of KEYS) await world.replicated(key);
    world.hourLater();
    await world.reportAll();
    world.reports.corrupt("inventory/replica/lifeboat-daily/data/0.csv.gz", change);

    await expect(world.compare()).rejects.toThrow();
    expect(world.vault.keysUnder("catalogue/comparisons/")).toEqual([]);
  });
});

describe("comparing the inventories", () => {
  test("finds what listing finds, and every lock, whatever the size of a share", async () => {
    const shares: number[] = [];
    for (const shareBytes of [30, 300, 100_000]) {
      const world = prepare({ shareBytes });
      for (const key of KEYS) await world.replicated(key);
      world.source.add("missing", "x");
      world.source.add("differing", "longer");
      world.replica.add("differing", "short");
      await world.lockedPut("differing", "longer");
      world.source.add("unlocked", "x");
      world.replica.add("unlocked", "x");
      await world.lockedPut("unlocked", "x", 0);
      await world.replicated("deleted");
      world.source.add("deleted", undefined);
      world.hourLater();
      await world.reportAll();

      const report = world.report(await world.compare());

      expect(report.source).toBe("inventory");
      expect(report.tally.findings.map(({ kind, copy, key }) => `${kind} ${copy} ${key}`).sort()).toEqual([
        "differing replica differing",
        "missing locked missing",
        "missing replica missing",
        "undeleted replica deleted",
        "unlocked locked unlocked",
      ]);
      expect(report.tally.objects).toEqual({ source: 10, replica: 10, locked: 10 });
      shares.push(report.rotation.of);
    }
    expect(shares[0]).toBeGreaterThan(shares[1] ?? 0);
    expect(shares[1]).toBeGreaterThan(1);
    expect(shares[2]).toBe(1);
  });

  test("is done once for each day's reports, and not before all three are there", async () => {
    const world = prepare();
    await world.replicated("a");
    world.hourLater();
    await writeReport(world.reports, world.source, world.clock.now());
    expect(await world.compare()).toBeUndefined();
    await writeReport(world.reports, world.replica, world.clock.now());
    await writeReport(world.reports, world.locked, world.clock.now());

    expect(await world.compare()).toBeDefined();
    expect(await world.compare()).toBeUndefined();
  });

  test("that runs out of time goes on with the share that it stopped before", async () => {
    const world = prepare({ shareBytes: 60 });
    for (const key of KEYS) await world.replicated(key);
    world.source.add("missing", "x");
    world.hourLater();
    await world.reportAll();
    let shares = 0;
    const goOn = () => {
      shares += 1;
      return shares % 2 !== 0;
    };

    const keys: (string | undefined)[] = [];
    while (keys.at(-1) === undefined && keys.length < 20) {
      keys.push(await world.compare({ goOn }));
      world.hourLater();
    }

    const { rotation, calls, tally } = world.report(keys.at(-1));
    expect(calls).toBe(rotation.of);
    expect(calls).toBeGreaterThan(2);
    expect(tally).toMatchObject({ objects: { source: 8, replica: 7 }, judged: 8, found: { missing: { replica: 1, locked: 1 } } });
  });

  test("reads each report once in a call, however many shares there are, and leaves no file behind", async () => {
    const directory = mkdtempSync(join(tmpdir(), "lifeboat-test-"));
    const world = prepare({ shareBytes: 30 });
    for (const key of KEYS) await world.replicated(key);
    world.hourLater();
    await world.reportAll();
    world.reports.calls.length = 0;

    await world.compare({ directory });

    const opened = world.reports.calls.filter((call) => call.endsWith(".csv.gz"));
    expect(opened.length).toBe(new Set(opened).size);
    expect(readdirSync(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  test("that has not the time to read the reports once, time after time, fails for everybody to see", async () => {
    const world = prepare();
    await world.replicated("a");
    world.hourLater();
    await world.reportAll();
    const outcomes: string[] = [];

    for (let call = 0; call < 7; call += 1) {
      outcomes.push(
        await world.compare({ goOn: () => false }).then(
          () => "nothing",
          (error: unknown) => String(error),
        ),
      );
      world.hourLater();
    }

    expect(outcomes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "nothing"));
    expect(outcomes[5]).toMatch(/inventories could not be read within a run/);
  });

  test("does not believe a report where the bucket has moved on since", async () => {
    const world = prepare();
    world.source.add("late", "x");
    world.source.add("short lock", "x");
    world.replica.add("short lock", "x");
    await world.lockedPut("short lock", "x", 1);
    await world.lockedPut("late", "x");
    world.hourLater();
    await world.reportAll();
    world.replica.add("late", "x");
    const copy = await world.locked.head("short lock");
    const until = new Date(world.clock.now().getTime() + PERIOD_DAYS * 86_400_000);
    await world.locked.lock("short lock", copy?.versionId ?? "", { mode: "GOVERNANCE", until });

    expect(world.report(await world.compare()).same).toBe(true);
  });

  test("keeps an alarm on locks up until the next ones: listings look at a few of them only", async () => {
    const world = prepare();
    world.source.add("a", "x");
    world.replica.add("a", "x");
    await world.lockedPut("a", "x", 0);
    world.hourLater();
    await world.reportAll();
    await world.compare();
    await world.run();

    expect(world.metric("DocumentsUnlocked")).toBe(1);
  });
});
