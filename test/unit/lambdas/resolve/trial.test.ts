import { writeCanary } from "../../../../lambdas/canary/write";
import type { Sources } from "../../../../lambdas/resolve/choose";
import { isTrial, ResolveEvent, TrialEvent, TrialResponse } from "../../../../lambdas/resolve/events";
import { resolve } from "../../../../lambdas/resolve/resolve";
import { tryRecovery } from "../../../../lambdas/resolve/trial";
import { parseEvent } from "../../../../lambdas/shared/events";
import { planKey, pointKey, proofKeyOf } from "../../../../recovery/catalogue/keys";
import { MemoryObjects } from "../../../support/memory-objects";
import { backupsOf, noBackups, replicatedBackup } from "../support/automated-backups";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { replicaSources, standingReplica } from "../support/standing-replica";
import { proveInto, sealInto } from "../support/vaults";

const POINT = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);
const REQUEST = { mode: "drill", strategy: "latest", stores: ["postgres", "chroma", "objects"] };
const FAILOVER = { ...REQUEST, mode: "failover", database: "promotion" };

const prepare = async () => {
  const clock = clockAt("2026-11-24T10:00:30.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("replica", clock.now);
  await writeCanary(documentsReplica, SYSTEM, clock.now());
  const { log } = memoryLog();
  const replica = replicaSources(standingReplica(), { lagSeconds: 1, measuredAt: clock.now() });
  const automatedBackups = backupsOf(replicatedBackup("2026-11-24T10:00:20Z"));
  const tools = { ...noBackups, system: SYSTEM, automatedBackups, replica, vault, documentsReplica, log, now: clock.now };
  const tryOut = async (request: Record<string, unknown> = {}, changes: Partial<Sources> = {}) => {
    const { trial } = parseEvent(TrialEvent, { trial: { ...REQUEST, ...request } });
    // As `dr` gets it: through JSON.
    return TrialResponse.parse(JSON.parse(JSON.stringify(await tryRecovery({ ...tools, ...changes }, trial, clock.now()))));
  };
  const resolveAs = (recoveryId: string, request: Record<string, unknown> = {}) =>
    resolve(tools, parseEvent(ResolveEvent, { ...REQUEST, ...request, recoveryId }));
  return { clock, documentsReplica, resolveAs, tools, tryOut, vault };
};

describe("a trial of a recovery", () => {
  it.each([
    ["a drill", {}],
    ["a failover by promotion", FAILOVER],
    ["a drill to a time", { strategy: "point-in-time", time: "2026-11-24T11:00:30+01:00", stores: ["objects"] }],
  ])("of %s answers what the step would pin, and writes nothing", async (_what, request) => {
    const { clock, documentsReplica, resolveAs, tryOut, vault } = await prepare();
    await proveInto(vault, clock.now, POINT);
    const written = [vault.puts.length, documentsReplica.puts.length];

    const trial = await tryOut(request);

    expect([vault.puts.length, documentsReplica.puts.length]).toEqual(written);
    const { stores } = await resolveAs("drill-1", request);
    expect(trial).toMatchObject({ system: SYSTEM, triedAt: "2026-11-24T10:00:30.000Z", refused: [], pinned: [] });
    expect(trial.stores).toEqual(JSON.parse(JSON.stringify(stores)));
  });

  it("takes a good point that delete markers hide, and passes over a forged newer one", async () => {
    const { clock, tryOut, vault } = await prepare();
    const entryKey = await proveInto(vault, clock.now, POINT);
    const forged = pointKey("chroma", "2026-11-24T10:00:25.000Z", "chroma-20261124T100025Z-ffff");
    vault.add(forged, JSON.stringify({ signed: {}, mac: Buffer.alloc(32).toString("base64") }));
    for (const key of [entryKey, proofKeyOf(entryKey)]) vault.add(key, undefined);

    const trial = await tryOut();

    expect(trial.refused).toEqual([]);
    expect(trial.stores.chroma).toMatchObject({
      pointId: POINT.pointId,
      passedOver: [{ key: forged, reason: expect.stringContaining("it is not authentic") }],
    });
  });

  it("answers what each store lacks, with the points that were passed over", async () => {
    const { clock, tryOut, vault } = await prepare();
    const entryKey = await sealInto(vault, clock.now, POINT);

    const trial = await tryOut(FAILOVER, { replica: replicaSources(), documentsReplica: new MemoryObjects("replica", clock.now) });

    expect(trial.stores).toEqual({});
    expect(trial.refused).toEqual([
      {
        store: "postgres",
        reason: "acme-postgres-replica is not in this region; strategy point-in-time restores without it",
        passedOver: [],
      },
      {
        store: "chroma",
        reason: "none of 1 recovery points is usable",
        passedOver: [{ key: entryKey, reason: "it has not been read back yet" }],
      },
      { store: "objects", reason: "no canary is in replica", passedOver: [] },
    ]);
  });

  it("names the newest ten of many points that are not usable, and how many there are", async () => {
    const { tryOut, vault } = await prepare();
    const keys = Array.from({ length: 12 }, (_, second) =>
      pointKey("chroma", new Date(Date.UTC(2026, 10, 24, 9, 0, second)).toISOString(), `chroma-${second}`),
    );
    for (const key of keys) vault.add(key, "{}");

    const [refused] = (await tryOut({ stores: ["chroma"] })).refused;

    expect(refused?.reason).toBe("none of 12 recovery points is usable, the newest 10 of them");
    expect(refused?.passedOver.map(({ key }) => key)).toEqual(keys.reverse().slice(0, 10));
  });

  it("fails when it cannot be told what is authentic: that is no word on the points", async () => {
    const { clock, tryOut, vault } = await prepare();
    await proveInto(vault, clock.now, POINT);
    const isAuthentic = async () => {
      throw new Error("AccessDenied: kms:VerifyMac");
    };

    await expect(tryOut({}, { authenticator: { isAuthentic } })).rejects.toThrow("kms:VerifyMac");
  });
});

describe("a failover that has its plan", () => {
  /** Resolved by promotion; then the replica is promoted. */
  const promoted = async (recoveryId = "failover-1") => {
    const prepared = await prepare();
    await proveInto(prepared.vault, prepared.clock.now, POINT);
    await prepared.resolveAs(recoveryId, FAILOVER);
    const replica = replicaSources(standingReplica({ sourceArn: undefined, replicating: false }));
    return { ...prepared, tryOut: (request: Record<string, unknown> = {}) => prepared.tryOut(request, { replica }) };
  };

  it("is named by a later trial of the same request, whose replica is no replica any more", async () => {
    const { tryOut } = await promoted();

    const trial = await tryOut(FAILOVER);

    expect(trial.refused).toEqual([expect.objectContaining({ store: "postgres", reason: expect.stringContaining("follows nobody") })]);
    expect(trial.pinned).toEqual([{ recoveryId: "failover-1", resolvedAt: "2026-11-24T10:00:30.000Z" }]);
  });

  it("is named after newer ones of the same request", async () => {
    const { clock, resolveAs, tryOut } = await promoted("failover-a");
    clock.passSeconds(60);
    await resolveAs("failover-b", FAILOVER);

    expect((await tryOut(FAILOVER)).pinned.map(({ recoveryId }) => recoveryId)).toEqual(["failover-b", "failover-a"]);
  });

  it.each([
    ["other stores", { ...FAILOVER, stores: ["postgres"] }, "failover-1"],
    ["a drill", { mode: "drill", time: "2026-11-24T08:00:00Z", strategy: "point-in-time" }, "failover-1"],
    ["a failover, and its name is a drill's", FAILOVER, "drill-1"],
  ])("does not stand for another request: of %s", async (_what, request, recoveryId) => {
    const { tryOut } = await promoted(recoveryId);

    const trial = await tryOut(request);

    expect(trial.refused).not.toEqual([]);
    expect(trial.pinned).toEqual([]);
  });

  it.each([
    ["is no plan", "{}"],
    ["is of another system", undefined],
    ["is of another recovery", undefined],
  ])("is not what %s", async (what, text) => {
    const { tryOut, vault } = await promoted("failover-1");
    const plan = vault.text(planKey("failover-1")) ?? "";
    const changed = what === "is of another system" ? plan.replace(`"system":"${SYSTEM}"`, '"system":"other"') : plan;
    vault.add(planKey("failover-1"), undefined);
    vault.add(planKey(what === "is of another recovery" ? "failover-2" : "failover-1"), text ?? changed);

    expect((await tryOut(FAILOVER)).pinned).toEqual([]);
  });
});

describe("the event of a trial", () => {
  it.each([
    [{ trial: REQUEST }, true],
    [{ trial: {} }, true],
    [{ ...REQUEST, recoveryId: "drill-1" }, false],
    [null, false],
  ])("%j: %s", (event, expected) => {
    expect(isTrial(event)).toBe(expected);
  });

  it("is refused by a function that knows recoveries only", () => {
    expect(() => parseEvent(ResolveEvent, { trial: REQUEST })).toThrow("an event that it does not know");
  });

  it.each([
    [{ mode: "drill", strategy: "latest", stores: [] }, "stores"],
    [{ ...REQUEST, database: "promotion" }, "database"],
    [{ ...REQUEST, time: "2026-11-24T10:00:00Z" }, "time"],
  ])("%j is refused and names the field", (trial, field) => {
    expect(() => parseEvent(TrialEvent, { trial })).toThrow(`trial.${field}`);
  });
});
