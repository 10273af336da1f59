import { listingTools } from "../../../../lambdas/compare-documents/listings";
import { METRICS } from "../../../../recovery/names";
import { prepare } from "./world";

const unreachable = (error: unknown) => (): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});
const answered = (httpStatusCode: number, name: string) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

/** The source's listing fails as the tools of the function see it. */
const listingToolsOf = ({ source, replica, locked, clock }: ReturnType<typeof prepare>, error: unknown) => {
  const failing = Object.assign(Object.create(source), { list: unreachable(error) });
  const nothing = async () => undefined;
  return listingTools(
    { source: failing, replica, locked },
    { source: nothing, replica: nothing, locked: nothing },
    { now: clock.now, remainingMs: () => 600_000 },
  );
};

const wrapped = (world: ReturnType<typeof prepare>, error: unknown) => {
  const { listings } = listingToolsOf(world, error);
  return listings.source;
};

describe("a comparison", () => {
  test("publishes what it found, zeros too, and its age, in the dimensions of its alarms", async () => {
    const world = prepare();
    await world.replicated("a");
    world.hourLater();

    await world.run();

    expect(world.published.map(({ name, unit, value, system, store }) => [name, unit, value, system, store])).toEqual([
      ["DocumentsMissing", "Count", 0, "acme", "objects"],
      ["DocumentsPending", "Count", 0, "acme", "objects"],
      ["DocumentsDiffering", "Count", 0, "acme", "objects"],
      ["DocumentsUnlocked", "Count", 0, "acme", "objects"],
      ["DocumentsUndeleted", "Count", 0, "acme", "objects"],
      ["ComparisonAgeSeconds", "Seconds", 0, "acme", "objects"],
    ]);
  });

  test("that runs out of time goes on where it stopped, and reports once, on everything", async () => {
    const world = prepare({ rotationRuns: 1 });
    const keys = Array.from({ length: 40 }, (_, index) => `k${String(index).padStart(3, "0")}`);
    for (const key of keys) await world.replicated(key);
    world.source.add("k005x", "missing");
    world.source.add("k035x", "missing too");
    world.hourLater();
    let sides = 0;
    const goOn = () => {
      sides += 1;
      return sides % 15 !== 0;
    };

    const outcomes: string[] = [];
    let reportKey: string | undefined;
    while (reportKey === undefined && outcomes.length < 10) {
      const response = await world.run({ goOn });
      outcomes.push(response.outcome);
      reportKey = response.reportKey;
      world.clock.passSeconds(3600);
    }

    expect(outcomes).toEqual(["continues", "continues", "finished"]);
    const { tally, calls } = world.report(reportKey);
    expect(tally.objects).toEqual({ source: 42, replica: 40, locked: 40 });
    expect(tally.found.missing).toEqual({ replica: 2, locked: 2 });
    expect(tally.sampled).toBe(42);
    expect(calls).toBe(3);
  });

  test("begins anew, with the next share, after a whole one", async () => {
    const world = prepare({ rotationRuns: 5 });
    for (let index = 0; index < 30; index += 1) await world.replicated(`k${index}`);
    world.hourLater();

    const shares: { index: number; sampled: number }[] = [];
    for (let run = 0; run < 5; run += 1) {
      const { reportKey } = await world.run();
      const { rotation, tally } = world.report(reportKey);
      shares.push({ index: rotation.index, sampled: tally.sampled });
      world.hourLater();
    }

    expect(shares.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(shares.reduce((sum, { sampled }) => sum + sampled, 0)).toBe(30);
  });

  test("asks for pages, and for objects only where the pages disagree or it is their turn", async () => {
    const world = prepare({ rotationRuns: 1_000_000 }, 10);
    for (let index = 0; index < 100; index += 1) await world.replicated(`k${String(index).padStart(3, "0")}`);
    world.source.add("x", "missing");
    world.hourLater();

    const { reportKey } = await world.run();

    expect(world.report(reportKey).tally.requests).toEqual({ lists: 11 + 10 + 9, heads: 3 });
  });

  test.each([
    ["no connection", Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["no answer in time", Object.assign(new Error("slow"), { name: "TimeoutError" })],
    ["503", answered(503, "SlowDown")],
    ["500", answered(500, "InternalError")],
  ])("of a primary region that does not answer (%s) pages nobody again: it says so, and only its age grows", async (_name, error) => {
    const world = prepare();
    await world.replicated("a");
    world.hourLater();
    await world.run();
    world.published.length = 0;
    world.hourLater();

    const response = await world.run({ listings: { ...world.tools.listings, source: wrapped(world, error) } });

    expect(response).toMatchObject({ outcome: "primary-unreachable", found: {}, reason: expect.stringContaining("does not answer") });
    expect(world.published.map(({ name, value }) => [name, value])).toEqual([[METRICS.comparisonAge, 3600]]);
    expect(world.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  test("that is refused in the primary region, or fails in its own, fails for everybody to see", async () => {
    const world = prepare();
    await world.replicated("a");
    world.hourLater();
    const { listings } = world.tools;

    await expect(world.run({ listings: { ...listings, source: wrapped(world, answered(403, "AccessDenied")) } })).rejects.toThrow(
      "AccessDenied",
    );
    await expect(world.run({ listings: { ...listings, replica: unreachable(answered(503, "SlowDown")) } })).rejects.toThrow("SlowDown");
    expect(world.vault.keysUnder("catalogue/comparisons/")).toEqual([]);
  });

  test("that is started twice at once is made twice, with the same findings, and neither spoils the other", async () => {
    const world = prepare();
    await world.replicated("a");
    world.source.add("b", "missing");
    world.hourLater();

    const responses = await Promise.all([world.run(), world.run()]);

    expect(responses.map(({ outcome, found }) => [outcome, found])).toEqual([
      ["finished", { missing: 2 }],
      ["finished", { missing: 2 }],
    ]);
    for (const { reportKey } of responses) expect(world.report(reportKey).tally.found.missing).toEqual({ replica: 1, locked: 1 });
  });

  test("stands without S3's own metrics", async () => {
    const world = prepare();
    await world.replicated("a");
    world.hourLater();

    const { reportKey } = await world.run({ ruleStatus: async () => Promise.reject(new Error("no CloudWatch")) });

    expect(world.report(reportKey).rules).toEqual([{ rule: "live-ready", destination: "replica" }]);
  });

  test("of ten thousand disagreements looks at two thousand and takes the listings' word for the rest", async () => {
    const world = prepare({ rotationRuns: 1_000_000 }, 1000);
    for (let index = 0; index < 2_500; index += 1) world.source.add(`k${String(index).padStart(5, "0")}`, "x");
    world.hourLater();

    const { reportKey } = await world.run();

    const { tally } = world.report(reportKey);
    expect(tally.found.missing).toEqual({ replica: 2_500, locked: 2_500 });
    expect(tally.examined).toBe(2_000);
    expect(tally.unexamined).toBe(500);
  });
});
