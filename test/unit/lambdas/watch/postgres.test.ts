import type { AutomatedBackup } from "../../../../lambdas/shared/automated-backups";
import { catalogueOf } from "../../../../lambdas/shared/catalogue";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import type { ReplicaSources } from "../../../../lambdas/shared/standing-replica";
import { watch } from "../../../../lambdas/watch/sample";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { replicaSources, standingReplica } from "../support/standing-replica";

const at = (time: string): Date => new Date(`2026-11-24T${time}.000Z`);

const backupOf = (changes: Partial<AutomatedBackup> = {}): AutomatedBackup => ({
  arn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1",
  resourceId: "db-1",
  instanceIdentifier: `${SYSTEM}-postgres`,
  sourceRegion: "us-east-1",
  status: "replicating",
  engineVersion: "15.10",
  encrypted: true,
  window: { earliest: at("09:00:00"), latest: at("10:00:00") },
  ...changes,
});

const prepare = (find: () => Promise<readonly AutomatedBackup[]>, replica?: ReplicaSources, instance = `${SYSTEM}-postgres`) => {
  const clock = clockAt("2026-11-24T10:12:00.000Z");
  const asked: string[][] = [];
  const published: Measurement[] = [];
  const { log, lines } = memoryLog();
  const automatedBackups = {
    find: async (name: string, region: string) => {
      asked.push([name, region]);
      return find();
    },
  };
  const objects = new MemoryObjects("unused", clock.now);
  const tools = {
    sources: {
      system: SYSTEM,
      catalogue: catalogueOf(objects, CATALOGUE_KEY),
      documentsReplica: objects,
      postgres: { automatedBackups, instance, primaryRegion: "us-east-1", ...(replica === undefined ? {} : { replica }) },
    },
    metrics: { publish: async (measurements: readonly Measurement[]) => void published.push(...measurements) },
    log,
    now: clock.now,
    sleep: async (ms: number) => clock.passSeconds(ms / 1000),
    deadline: noDeadline,
  };
  const values = () => Object.fromEntries(published.map(({ name, value }) => [name, value]));
  const run = (samplesPerRun = 1) => watch(tools, { stores: ["postgres"], samplesPerRun, sampleIntervalSeconds: 15 });
  return { asked, clock, lines, published, run, values };
};

describe("watching PostgreSQL", () => {
  it("publishes the age of the newest restorable time and that the replication goes on, in every sample", async () => {
    const { asked, published, run } = prepare(async () => [backupOf()]);

    const { last } = await run(2);

    const common = { system: SYSTEM, store: "postgres" };
    const lag = { ...common, name: "RpoLagSeconds", unit: "Seconds" };
    const stopped = { ...common, name: "ReplicationStopped", unit: "Count", value: 0 };
    expect(published).toEqual([
      { ...lag, value: 720, at: at("10:12:00") },
      { ...stopped, at: at("10:12:00") },
      { ...lag, value: 735, at: at("10:12:15") },
      { ...stopped, at: at("10:12:15") },
    ]);
    expect(asked).toEqual([
      ["acme-postgres", "us-east-1"],
      ["acme-postgres", "us-east-1"],
    ]);
    expect(last[0]?.reason).toBe(`${backupOf().arn} (replicating) can be restored to 2026-11-24T10:00:00.000Z`);
  });

  it.each([
    ["replicating", 0],
    ["pending", 0],
    ["creating", 0],
    ["active", 0],
    ["retained", 1],
    ["", 1],
    ["a word of tomorrow", 1],
  ])("status %p is published as %d", async (status, stopped) => {
    const { run, values } = prepare(async () => [backupOf({ status })]);

    await run();

    expect(values()).toEqual({ RpoLagSeconds: 720, ReplicationStopped: stopped });
  });

  it("measures retained backups, which can be restored from, and says that they end", async () => {
    const { lines, run, values } = prepare(async () => [backupOf({ status: "retained" })]);

    await run();

    expect(values()).toEqual({ RpoLagSeconds: 720, ReplicationStopped: 1 });
    expect(lines.filter(({ level }) => level === "warn").map(({ fields }) => fields?.reason)).toEqual([
      expect.stringContaining("ab-1 (retained)"),
    ]);
  });

  it("of an instance that was made again takes the newest time of all its backups, in whatever order they come", async () => {
    const former = backupOf({
      arn: "arn:former",
      resourceId: "db-0",
      status: "retained",
      window: { earliest: at("08:00:00"), latest: at("09:30:00") },
    });
    const young = backupOf({ arn: "arn:young", resourceId: "db-2", window: undefined, status: "pending" });

    const results = await Promise.all(
      [
        [former, backupOf(), young],
        [young, backupOf(), former],
        [former, young],
      ].map(async (found) => {
        const { run, values } = prepare(async () => found);
        await run();
        return values();
      }),
    );

    expect(results).toEqual([
      { RpoLagSeconds: 720, ReplicationStopped: 0 },
      { RpoLagSeconds: 720, ReplicationStopped: 0 },
      { RpoLagSeconds: 2520, ReplicationStopped: 0 },
    ]);
  });

  it("publishes no lag before the first backup has arrived: missing data alarms", async () => {
    const { lines, run, values } = prepare(async () => [backupOf({ status: "pending", window: undefined })]);

    await run();

    expect(values()).toEqual({ ReplicationStopped: 0 });
    expect(lines.filter(({ level }) => level === "warn").map(({ fields }) => fields?.reason)).toEqual([
      "nothing can be restored yet from arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1 (pending)",
    ]);
  });

  it("says that nothing is replicated where there are no backups", async () => {
    const { lines, run, values } = prepare(async () => []);

    await run();

    expect(values()).toEqual({ ReplicationStopped: 1 });
    expect(lines.find(({ level }) => level === "warn")?.fields?.reason).toBe(
      "no automated backups of acme-postgres in us-east-1 are in this region",
    );
  });

  it("looks for the backups of a database that existed by its own name", async () => {
    const { asked, run } = prepare(async () => [], undefined, "shop");

    const { last } = await run();

    expect(asked).toEqual([["shop", "us-east-1"]]);
    expect(last[0]?.reason).toBe("no automated backups of shop in us-east-1 are in this region");
  });

  it("publishes nothing at all when RDS does not answer: neither a lag nor that all is well", async () => {
    const { lines, published, run } = prepare(async () => {
      throw new Error("AccessDenied");
    });

    await run();

    expect(published).toEqual([]);
    expect(lines.find(({ level }) => level === "error")?.fields?.reason).toBe("AccessDenied");
  });
});

describe("watching PostgreSQL with a standing replica", () => {
  const measured = { lagSeconds: 3, measuredAt: at("10:11:00") };
  const backups = async () => [backupOf()];

  it("publishes the replica's lag, and that both replications go on", async () => {
    const { run, values } = prepare(backups, replicaSources(standingReplica(), measured));

    const { last } = await run();

    expect(values()).toEqual({ RpoLagSeconds: 3, ReplicationStopped: 0 });
    expect(last[0]?.reason).toMatch(/^acme-postgres-replica \(available, replicating\) is 3 s behind; .* can be restored to/);
  });

  it.each([
    ["the replica's", backups, standingReplica({ replicating: false, replicationStatus: "error" }), 60],
    ["a promoted replica's", backups, standingReplica({ sourceArn: undefined, replicating: false, replicationStatus: "" }), 60],
    ["the backups'", async () => [backupOf({ status: "retained" })], standingReplica(), 3],
  ])("says that replication stopped when %s has", async (_what, find, replica, lagSeconds) => {
    const { run, values } = prepare(find, replicaSources(replica, measured));

    await run();

    expect(values()).toEqual({ RpoLagSeconds: lagSeconds, ReplicationStopped: 1 });
  });

  it("publishes no lag of a replica that is not there, or was never measured: missing data alarms", async () => {
    const missing = prepare(backups, replicaSources());
    const unmeasured = prepare(backups, replicaSources(standingReplica()));

    await missing.run();
    await unmeasured.run();

    expect([missing.values(), unmeasured.values()]).toEqual([{ ReplicationStopped: 1 }, { ReplicationStopped: 0 }]);
  });
});
