import { writeCanary } from "../../../../lambdas/canary/write";
import { ResolveEvent } from "../../../../lambdas/resolve/events";
import { resolve } from "../../../../lambdas/resolve/resolve";
import { parseEvent } from "../../../../lambdas/shared/events";
import { planKey } from "../../../../recovery/catalogue/keys";
import { RecoveryPlan } from "../../../../recovery/catalogue/plan";
import { BACKFILL_KEY, type Backfill, newBackfill } from "../../../../recovery/existing/backfill";
import { CANARY_KEY } from "../../../../recovery/names";
import { MemoryObjects } from "../../../support/memory-objects";
import { backupsOf, noBackups, replicatedBackup } from "../support/automated-backups";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { replicaSources, standingReplica } from "../support/standing-replica";
import { proveInto, sealInto } from "../support/vaults";

const OLD = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);
const NEW = exportedPoint("chroma-20261124T100100Z-2b3c", fiveRecords, {
  startedAt: "2026-11-24T10:01:00.000Z",
  finishedAt: "2026-11-24T10:01:20.000Z",
});

const DRILL = { recoveryId: "drill-1", mode: "drill", strategy: "latest", database: "restore" } as const;
const STORES = ["postgres", "chroma", "objects"];

const prepare = (backups = [replicatedBackup("2026-11-24T10:01:40.700Z")], replica = replicaSources()) => {
  const clock = clockAt("2026-11-24T10:00:30.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("replica", clock.now);
  const automatedBackups = backupsOf(...backups);
  const { log, lines } = memoryLog();
  const tools = { ...noBackups, system: SYSTEM, automatedBackups, replica, vault, documentsReplica, log, now: clock.now };
  const ask = (event: Record<string, unknown> = {}) =>
    resolve(tools, parseEvent(ResolveEvent, { recoveryId: "drill-1", mode: "drill", strategy: "latest", stores: STORES, ...event }));
  /** Two points a minute apart and a canary after each, as replication brings them. */
  const protect = async () => {
    await proveInto(vault, clock.now, OLD);
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    clock.passSeconds(60);
    await proveInto(vault, clock.now, NEW);
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    clock.passSeconds(30);
  };
  return { ask, clock, documentsReplica, lines, protect, tools, vault };
};

describe("resolving a recovery", () => {
  it("pins the newest usable state of each store, with the skew between them", async () => {
    const { ask, protect, vault } = prepare();
    await protect();

    const plan = await ask();

    expect(plan.stores.chroma).toMatchObject({ pointId: NEW.pointId, asOf: "2026-11-24T10:01:00.000Z", records: 5, passedOver: [] });
    expect(plan.stores.objects).toEqual({ bucket: "replica", asOf: "2026-11-24T10:01:30.000Z", arrivedAt: "2026-11-24T10:01:30.000Z" });
    expect(plan.stores.postgres).toEqual({
      method: "restore",
      automatedBackupsArn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-one",
      sourceResourceId: "db-ONE",
      engineVersion: "15.10",
      asOf: "2026-11-24T10:01:40.000Z",
      window: { earliest: "2026-11-24T09:31:40.700Z", latest: "2026-11-24T10:01:40.700Z" },
    });
    expect(plan.skewSeconds).toBe(40);
    expect(RecoveryPlan.parse(JSON.parse(vault.text(planKey("drill-1")) ?? ""))).toEqual(plan);
  });

  it("returns the same plan ever after, whatever arrives later", async () => {
    const { ask, clock, documentsReplica, protect, vault } = prepare();
    await protect();
    const plan = await ask();
    clock.passSeconds(60);
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    vault.add("catalogue/points/chroma/0000000000000-newer.json", "{}");

    expect(await ask()).toEqual(plan);
    expect(vault.versionsOf(planKey("drill-1"))).toHaveLength(1);
  });

  it.each([
    ["mode", { mode: "failover" }],
    ["strategy and time", { strategy: "point-in-time", time: "2026-11-24T10:01:00Z" }],
    ["stores", { stores: ["objects"] }],
  ])("refuses a pinned recovery asked for with another %s", async (_what, change) => {
    const { ask, protect } = prepare();
    await protect();
    await ask();

    await expect(ask(change)).rejects.toMatchObject({ code: "target-refused" });
  });

  it("gives two callers at the same time the plan of the first", async () => {
    const { ask, clock, protect, tools, vault } = prepare();
    await protect();
    const put = vault.put.bind(vault);
    vault.put = async (key, body, options) => {
      vault.put = put;
      clock.passSeconds(1);
      await ask();
      return put(key, body, options);
    };

    const plan = await ask();

    expect(plan).toEqual(JSON.parse(vault.text(planKey("drill-1")) ?? ""));
    expect(plan.resolvedAt).toBe(tools.now().toISOString());
  });

  it("goes back to a time in every store, and passes over what is later with the reason", async () => {
    const { ask, protect } = prepare();
    await protect();

    const plan = await ask({ strategy: "point-in-time", time: "2026-11-24T11:01:10+01:00" });

    expect(plan.stores.chroma).toMatchObject({ pointId: OLD.pointId });
    expect(plan.stores.chroma?.passedOver).toEqual([
      expect.objectContaining({ reason: expect.stringContaining("after 2026-11-24T10:01:10.000Z") }),
    ]);
    expect(plan.stores.objects).toMatchObject({ asOf: "2026-11-24T10:00:30.000Z" });
    expect(plan.stores.postgres).toMatchObject({ asOf: "2026-11-24T10:01:10.000Z" });
    expect(plan.requestedTime).toBe("2026-11-24T10:01:10.000Z");
  });

  it("takes the newest state with strategy point-in-time and no time", async () => {
    const { ask, protect } = prepare();
    await protect();

    const plan = await ask({ strategy: "point-in-time" });

    expect(plan.stores).toMatchObject({
      postgres: { asOf: "2026-11-24T10:01:40.000Z" },
      chroma: { pointId: NEW.pointId },
      objects: { asOf: "2026-11-24T10:01:30.000Z" },
    });
    expect(plan.requestedTime).toBeUndefined();
  });

  it("restores the database of the instance that had the time, of several of its name", async () => {
    const earlier = replicatedBackup("2026-11-24T09:20:00Z", { arn: "arn:earlier", resourceId: "db-EARLIER" });
    const elsewhere = replicatedBackup("2026-11-24T09:59:00Z", { arn: "arn:elsewhere", sourceRegion: "ap-south-1" });
    const { ask } = prepare([earlier, elsewhere, replicatedBackup("2026-11-24T10:00:20Z")]);
    const postgres = { strategy: "point-in-time", stores: ["postgres"] };

    const plan = await ask({ ...postgres, time: "2026-11-24T09:15:00Z" });

    expect(plan.stores.postgres).toMatchObject({ automatedBackupsArn: "arn:earlier", sourceResourceId: "db-EARLIER" });
    expect((await ask({ ...postgres, recoveryId: "drill-2" })).stores.postgres).toMatchObject({ sourceResourceId: "db-ONE" });
  });

  it("restores a database that existed from the backups of its own name", async () => {
    const shop = replicatedBackup("2026-11-24T10:00:20Z", { instanceIdentifier: "shop", resourceId: "db-SHOP" });
    const { tools } = prepare([shop, replicatedBackup("2026-11-24T10:00:20Z")]);

    const plan = await resolve({ ...tools, databaseInstance: "shop" }, { ...DRILL, stores: ["postgres"] });

    expect(plan.stores.postgres).toMatchObject({ sourceResourceId: "db-SHOP" });
  });

  it.each([
    ["in the future", "2026-11-24T11:00:00Z", "it is in the future", "nearest usable: 2026-11-24T10:00:20.000Z"],
    ["before the window", "2026-11-24T08:00:00Z", "before the earliest time that is kept", "nearest usable: 2026-11-24T09:30:20.000Z"],
  ])("refuses a time %s with the window and the nearest usable time, and pins nothing", async (_what, time, why, nearest) => {
    const { ask, vault } = prepare([replicatedBackup("2026-11-24T10:00:20Z")]);

    const asking = ask({ strategy: "point-in-time", time, stores: ["postgres"] });

    await expect(asking).rejects.toMatchObject({ code: "no-recovery-point", message: expect.stringContaining(why) });
    await expect(asking).rejects.toThrow("restorable: 2026-11-24T09:30:20.000Z to 2026-11-24T10:00:20.000Z");
    await expect(asking).rejects.toThrow(nearest);
    expect(vault.keysUnder("catalogue/recoveries/")).toEqual([]);
  });

  it("takes back every store in a failover too", async () => {
    const { ask, protect } = prepare();
    await protect();

    const plan = await ask({ mode: "failover", strategy: "point-in-time", time: "2026-11-24T10:01:10Z" });

    expect(plan.stores).toMatchObject({ postgres: { asOf: "2026-11-24T10:01:10.000Z" }, objects: { asOf: "2026-11-24T10:00:30.000Z" } });
  });

  it("finds a canary behind others on a later page, and not behind its deletion", async () => {
    const { ask, clock, documentsReplica, protect } = prepare();
    await protect();
    for (let minute = 0; minute < 7; minute += 1) {
      clock.passSeconds(60);
      await writeCanary(documentsReplica, SYSTEM, clock.now());
    }
    documentsReplica.add(CANARY_KEY, undefined);

    const plan = await ask({ strategy: "point-in-time", time: "2026-11-24T10:01:45Z", stores: ["objects"] });
    const latest = await ask({ recoveryId: "drill-2", stores: ["objects"] });

    expect(plan.stores.objects?.asOf).toBe("2026-11-24T10:01:30.000Z");
    expect(latest.stores.objects?.asOf).toBe(clock.now().toISOString());
  });

  it("says of each store that it has no point, what exists, and why that is not usable", async () => {
    const { ask, clock, vault } = prepare([replicatedBackup("2026-11-24T10:00:00Z", { status: "pending", window: undefined })]);
    const entryKey = await sealInto(vault, clock.now, OLD);

    const asking = ask();

    await expect(asking).rejects.toMatchObject({ code: "no-recovery-point" });
    await expect(asking).rejects.toThrow(
      "postgres: acme-postgres of us-east-1: none of 1 automated backups has a restore window yet (pending); " +
        `chroma: none of 1 recovery points is usable: ${entryKey} (it has not been read back yet); objects: no canary is in replica`,
    );
    expect(vault.keysUnder("catalogue/recoveries/")).toEqual([]);
  });

  it("recovers one store alone", async () => {
    const { ask, clock, documentsReplica } = prepare();
    await writeCanary(documentsReplica, SYSTEM, clock.now());

    const plan = await ask({ stores: ["objects", "objects"] });

    expect(plan.stores.chroma).toBeUndefined();
    expect(plan.skewSeconds).toBe(0);
    expect(await ask({ stores: ["objects"] })).toEqual(JSON.parse(JSON.stringify(plan)));
  });

  it("refuses a plan that somebody wrote badly, and never overwrites it", async () => {
    const { ask, protect, vault } = prepare();
    await protect();
    vault.add(planKey("drill-1"), "{}");

    await expect(ask()).rejects.toMatchObject({ code: "target-refused" });
    expect(vault.text(planKey("drill-1"))).toBe("{}");
  });

  it.each([
    [{ time: "2026-11-24T10:01:10Z" }, "time"],
    [{ strategy: "point-in-time", time: "2026-11-24T10:01:10" }, "time"],
    [{ recoveryId: "../plans" }, "recoveryId"],
    [{ stores: [] }, "stores"],
  ])("refuses the event %j and names the field", (change, field) => {
    const { ask } = prepare();

    expect(() => ask(change)).toThrow(expect.objectContaining({ code: "configuration", message: expect.stringContaining(field) }));
  });
});

describe("resolving a promotion", () => {
  const FAILOVER = { mode: "failover", recoveryId: "failover-1", database: "promotion", stores: ["postgres"] };
  const measuredAt = new Date("2026-11-24T10:00:00.000Z");

  it("pins the standing replica and the time that it was measured to be at", async () => {
    const { ask, vault } = prepare([], replicaSources(standingReplica(), { lagSeconds: 1.5, measuredAt }));

    const plan = await ask(FAILOVER);

    expect(plan.stores.postgres).toEqual({
      ...{ method: "promotion", instance: "acme-postgres-replica", resourceId: "db-REPLICA", engineVersion: "15.10", lagSeconds: 1.5 },
      asOf: "2026-11-24T10:00:28.500Z",
      // The source may have been idle since: this much the measurement itself shows.
      measuredAsOf: "2026-11-24T09:59:58.500Z",
    });
    expect(RecoveryPlan.parse(JSON.parse(vault.text(planKey("failover-1")) ?? ""))).toEqual(plan);
  });

  it("counts the time since the last measurement once nothing arrives any more", async () => {
    const lost = standingReplica({ replicating: false, replicationStatus: "error" });
    const { ask } = prepare([], replicaSources(lost, { lagSeconds: 1.5, measuredAt }));

    expect((await ask(FAILOVER)).stores.postgres).toMatchObject({ lagSeconds: 30, asOf: "2026-11-24T10:00:00.000Z" });
  });

  it.each([
    ["none stands", undefined, "is not in this region"],
    ["one that was promoted", standingReplica({ sourceArn: undefined, replicating: false }), "follows nobody"],
    ["one that is not available", standingReplica({ status: "storage-full" }), "is storage-full"],
    ["one that was never measured", standingReplica(), "has no measured lag"],
  ])("is refused when %s, with the way that is left, and pins nothing", async (_what, replica, why) => {
    const { ask, vault } = prepare([], replicaSources(replica));

    const asking = ask(FAILOVER);

    await expect(asking).rejects.toMatchObject({ code: "no-recovery-point", message: expect.stringContaining(why) });
    await expect(asking).rejects.toThrow("strategy point-in-time restores without it");
    expect(vault.keysUnder("catalogue/recoveries/")).toEqual([]);
  });

  it.each([
    ["a drill", { mode: "drill" }],
    ["a time", { strategy: "point-in-time" }],
  ])("is no answer to %s", async (_what, changes) => {
    const { ask } = prepare([], replicaSources(standingReplica(), { lagSeconds: 1, measuredAt }));

    await expect(async () => ask({ ...FAILOVER, ...changes })).rejects.toThrow("promotion only in a failover with strategy latest");
  });

  it("is not what the same recovery restores another time", async () => {
    const { ask } = prepare([replicatedBackup("2026-11-24T10:00:20Z")], replicaSources(standingReplica(), { lagSeconds: 1, measuredAt }));
    await ask(FAILOVER);

    await expect(ask({ ...FAILOVER, database: "restore" })).rejects.toMatchObject({
      code: "target-refused",
      message: expect.stringContaining("database by promotion"),
    });
  });
});

describe("a documents bucket that was there before its protection", () => {
  const REQUESTED = "2026-11-24T09:00:00.000Z";
  const WANTED = { system: SYSTEM, bucket: "company-documents", role: "role", rules: [] };
  const noteOf = (changes: Partial<Backfill>): Backfill => ({ ...newBackfill(WANTED, new Date(REQUESTED)), jobId: "job-1", ...changes });

  const resolved = async (note: string | undefined, hasBackfill = true) => {
    const { clock, documentsReplica, lines, tools } = prepare();
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    if (note !== undefined) documentsReplica.add(BACKFILL_KEY, note);
    const plan = await resolve({ ...tools, hasBackfill }, { ...DRILL, stores: ["objects"] });
    return { incomplete: plan.stores.objects?.incompleteBackfill, warnings: lines.filter(({ level }) => level === "warn") };
  };

  it("whose backfill brought everything is recovered as any other", async () => {
    const { incomplete, warnings } = await resolved(
      JSON.stringify(noteOf({ status: "complete", objects: { total: 5, succeeded: 5, failed: 0 } })),
    );

    expect([incomplete, warnings]).toEqual([undefined, []]);
  });

  it.each<[string, Partial<Backfill>, string]>([
    ["is under way", { status: "running", objects: { total: 5, succeeded: 2, failed: 0 } }, "is running: 2 of 5 .* 0 could not be"],
    ["failed", { status: "failed", objects: { total: 5, succeeded: 0, failed: 0 } }, "is failed: 0 of 5"],
    ["left objects behind", { status: "complete", objects: { total: 5, succeeded: 4, failed: 1 } }, "4 of 5 .* 1 could not be"],
  ])("is recovered though its backfill %s, and the plan says what may be missing", async (_what, changes, why) => {
    const { incomplete, warnings } = await resolved(JSON.stringify(noteOf(changes)));

    expect(incomplete).toEqual({ reason: expect.stringMatching(why), before: REQUESTED });
    expect(warnings.map(({ fields }) => fields?.reason)).toEqual([incomplete?.reason]);
  });

  it.each([
    ["did not arrive", undefined, ".lifeboat/backfill.json is not in replica"],
    ["cannot be read", "{}", "s3://replica/.lifeboat/backfill.json cannot be read"],
    ["is another system's", JSON.stringify(noteOf({ system: "other", status: "complete" })), "is of system other"],
  ])("is recovered though its note %s, and the plan says that nobody knows", async (_what, note, why) => {
    const { incomplete } = await resolved(note);

    expect(incomplete?.reason).toContain(why);
    expect(incomplete?.reason).toContain("nobody knows which documents");
    expect(incomplete?.before).toBeUndefined();
  });

  it("is not looked for where Lifeboat made the bucket", async () => {
    expect((await resolved(undefined, false)).incomplete).toBeUndefined();
  });
});
