import type { PromoteEvent } from "../../../../lambdas/promote/events";
import { promote } from "../../../../lambdas/promote/promote";
import type { Replica } from "../../../../lambdas/shared/database-replica";
import type { Deadline } from "../../../../lambdas/shared/deadline";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { promotionClaimKey, promotionKey } from "../../../../recovery/catalogue/keys";
import { LifeboatError } from "../../../../recovery/errors";
import { Promotion, PromotionClaim } from "../../../../recovery/postgres/promotion";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { ENDPOINT as OTHER, planDatabase, planPromotion } from "../support/database-plan";
import { memoryLog } from "../support/log";
import { standingReplica } from "../support/standing-replica";

const ENDPOINT = { ...OTHER, host: "replica.example", port: 5555 };
const EVENT: PromoteEvent = { recoveryId: "r-1", endpoint: ENDPOINT, backupRetentionDays: 21, backupWindow: "03:00-03:30", multiAz: true };

/** RDS with one instance, whose promotion takes a few looks. `fail` breaks off before the call it names. */
const prepare = (replica: Replica | undefined = standingReplica()) => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const calls: string[] = [];
  let current = replica;
  let looksLeft = 0;
  let fail: string | undefined;
  const call = (what: string): void => {
    if (fail === what) throw new Error(`broke off before ${what}`);
    calls.push(what);
  };
  const tools = {
    system: SYSTEM,
    vault,
    replicas: {
      find: async () => {
        looksLeft -= 1;
        if (current?.status === "modifying" && looksLeft <= 0)
          current = { ...current, status: "available", sourceArn: undefined, replicating: false, replicationStatus: "" };
        return current;
      },
    },
    control: {
      promote: async (instance: string, { retentionDays, window }: { retentionDays: number; window: string }) => {
        call(`promote ${instance} with ${retentionDays} days of backups at ${window}`);
        if (current !== undefined) current = { ...current, status: "modifying" };
        looksLeft = 3;
      },
      settle: async (instance: string, { masterPassword, multiAz }: { masterPassword: string; multiAz: boolean }) =>
        call(`settle ${instance} with ${masterPassword}${multiAz ? ", Multi-AZ" : ""}`),
    },
    findLogin: async () => ({ ...ENDPOINT, username: "lifeboat", password: "drawn" }),
    now: clock.now,
    pause: async (ms: number) => clock.passSeconds(ms / 1000),
    log: memoryLog().log,
  };
  const run = (event: Partial<PromoteEvent> = {}, deadline: Deadline = noDeadline) =>
    promote({ ...tools, deadline }, { ...EVENT, ...event });
  return { breakOffBefore: (what?: string) => (fail = what), calls, change: (to: Replica) => (current = to), run, vault };
};

const PROMOTED = "promote acme-postgres-replica with 21 days of backups at 03:00-03:30";
const SETTLED = "settle acme-postgres-replica with drawn, Multi-AZ";

describe("promoting the standing replica", () => {
  it("makes it a database with backups, a standby and the recovery's own password, and keeps that it did", async () => {
    const { calls, run, vault } = prepare();
    planPromotion(vault, "r-1");

    const done = await run();

    expect(calls).toEqual([PROMOTED, SETTLED]);
    expect(done).toMatchObject({ instance: "acme-postgres-replica", resourceId: "db-REPLICA", startedAt: "2026-11-24T10:00:00.000Z" });
    expect(Date.parse(done.promotedAt)).toBeGreaterThan(Date.parse(done.startedAt));
    expect(Promotion.parse(JSON.parse(vault.text(promotionKey("r-1")) ?? ""))).toEqual(done);
    expect(PromotionClaim.parse(JSON.parse(vault.text(promotionClaimKey("db-REPLICA")) ?? "")).recoveryId).toBe("r-1");
  });

  it("is done once: a later call answers what was done, and changes nothing", async () => {
    const { calls, run, vault } = prepare();
    planPromotion(vault, "r-1");
    const first = await run();

    expect(await run()).toEqual(first);
    expect(calls).toHaveLength(2);
  });

  it("goes on where it broke off, and never promotes twice", async () => {
    const { breakOffBefore, calls, run, vault } = prepare();
    planPromotion(vault, "r-1");
    breakOffBefore(SETTLED);
    await expect(run()).rejects.toThrow("broke off");
    breakOffBefore();

    await run();

    expect(calls).toEqual([PROMOTED, SETTLED]);
  });

  it("that takes longer than its time says how far it came, and goes on with the next call", async () => {
    const { calls, run, vault } = prepare();
    planPromotion(vault, "r-1");
    const late: Deadline = (progress) => {
      throw new LifeboatError({ code: "interrupted", what: "time is up", received: progress(), hint: "again" });
    };

    await expect(run({}, late)).rejects.toThrow("acme-postgres-replica is modifying and follows its source");
    await run();

    expect(calls.filter((call) => call === SETTLED)).toHaveLength(1);
  });
});

describe("a promotion is refused, and nothing is touched,", () => {
  it.each([
    ["of another instance of the same name", standingReplica({ resourceId: "db-ANOTHER" }), "db-ANOTHER at replica.example:5555"],
    ["of one that is elsewhere", standingReplica({ host: "elsewhere.example" }), "db-REPLICA at elsewhere.example:5555"],
  ])("%s", async (_what, replica, received) => {
    const { calls, run, vault } = prepare(replica);
    planPromotion(vault, "r-1");

    await expect(run()).rejects.toMatchObject({ code: "target-refused", message: expect.stringContaining(received) });
    expect(calls).toEqual([]);
    expect(vault.keysUnder("catalogue/recoveries/promotions/")).toEqual([]);
  });

  it("for a drill, and for a recovery that restores", async () => {
    const { calls, run, vault } = prepare();
    planPromotion(vault, "r-1", { mode: "drill" });
    planDatabase(vault, "r-2", "2026-11-24T09:59:00.000Z");

    await expect(run()).rejects.toThrow("mode drill, method promotion");
    await expect(run({ recoveryId: "r-2" })).rejects.toThrow("mode failover, method restore");
    expect(calls).toEqual([]);
  });

  it("for a second recovery of the same replica", async () => {
    const { calls, run, vault } = prepare();
    planPromotion(vault, "r-1");
    planPromotion(vault, "r-2");
    await run();

    await expect(run({ recoveryId: "r-2" })).rejects.toMatchObject({
      code: "target-refused",
      message: expect.stringContaining("recovery r-1"),
    });
    expect(calls).toEqual([PROMOTED, SETTLED]);
  });
});
