import { writeCanary } from "../../../../lambdas/canary/write";
import { catalogueOf } from "../../../../lambdas/shared/catalogue";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import { watch } from "../../../../lambdas/watch/sample";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { proveInto, sealInto } from "../support/vaults";

const NO_DATABASE = { automatedBackups: { find: async () => [] }, instance: "acme-postgres", primaryRegion: "us-east-1" };

const prepare = () => {
  const clock = clockAt("2026-11-24T10:00:30.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("replica", clock.now);
  const published: Measurement[] = [];
  const { log, lines, messages } = memoryLog();
  const tools = {
    sources: { system: SYSTEM, catalogue: catalogueOf(vault, CATALOGUE_KEY), documentsReplica, postgres: NO_DATABASE },
    metrics: { publish: async (measurements: readonly Measurement[]) => void published.push(...measurements) },
    log,
    now: clock.now,
    sleep: async (ms: number) => clock.passSeconds(ms / 1000),
    deadline: noDeadline,
  };
  const run = (samplesPerRun = 1, sampleIntervalSeconds = 10) =>
    watch(tools, { stores: ["chroma", "objects"], samplesPerRun, sampleIntervalSeconds });
  return { clock, documentsReplica, lines, messages, published, run, tools, vault };
};

const POINT = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);

describe("watching the lag", () => {
  it("publishes the age of the newest usable point's content and of the replica's canary", async () => {
    const { clock, documentsReplica, published, run, vault } = prepare();
    await proveInto(vault, clock.now, POINT);
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    clock.passSeconds(15);

    await run();

    const common = { name: "RpoLagSeconds", unit: "Seconds", at: clock.now(), system: SYSTEM };
    expect(published).toEqual([
      { ...common, store: "chroma", value: 45 },
      { ...common, store: "objects", value: 15 },
    ]);
  });

  it("does not count a newer point that was not read back", async () => {
    const { clock, published, run, vault } = prepare();
    await proveInto(vault, clock.now, POINT);
    const window = { startedAt: "2026-11-24T10:00:25.000Z", finishedAt: "2026-11-24T10:00:28.000Z" };
    await sealInto(vault, clock.now, exportedPoint("chroma-20261124T100025Z-2b3c", fiveRecords, window));

    await run();

    expect(published.map(({ store, value }) => ({ store, value }))).toEqual([{ store: "chroma", value: 30 }]);
  });

  it("samples several times a run, at the interval, and sees the lag grow", async () => {
    const { clock, documentsReplica, published, run } = prepare();
    await writeCanary(documentsReplica, SYSTEM, clock.now());

    const response = await run(4, 15);

    expect(published.map(({ value }) => value)).toEqual([0, 15, 30, 45]);
    expect(response).toMatchObject({ samples: 4, last: [{ store: "chroma" }, { store: "objects", lagSeconds: 45 }] });
  });

  it("publishes nothing where there is nothing to measure, and logs why", async () => {
    const { lines, published, run } = prepare();

    await run();

    expect(published).toEqual([]);
    expect(lines.filter(({ level }) => level === "warn").map(({ fields }) => fields?.reason)).toEqual([
      "no point has been sealed",
      "no canary has arrived in replica",
    ]);
  });

  it("measures the other store when one cannot be read, and does not take another system's canary", async () => {
    const { clock, documentsReplica, lines, published, run, tools, vault } = prepare();
    await writeCanary(documentsReplica, "other", clock.now());
    await proveInto(vault, clock.now, POINT);
    await run();
    tools.sources.catalogue.keys = () => {
      throw new Error("AccessDenied");
    };
    await writeCanary(documentsReplica, SYSTEM, clock.now());

    await run();

    expect(published.map(({ store }) => store)).toEqual(["chroma", "objects"]);
    expect(lines.filter(({ level }) => level === "warn").map(({ fields }) => fields?.reason)).toContain("the canary is of system other");
    expect(lines.filter(({ level }) => level === "error").map(({ fields }) => fields?.reason)).toEqual(["AccessDenied"]);
  });
});
