import type { DBInstance } from "@aws-sdk/client-rds";
import { TAGS } from "../../../../../ops/lifeboat/restore/names";
import type { RestoreTools } from "../../../../../ops/lifeboat/restore/ports";
import { type Restored, restoreInRegion } from "../../../../../ops/lifeboat/restore/restore";
import { backupsOf, EARLIEST, FAILED_ID, failedInstance, LATEST, MemoryRds, REGION } from "./memory-rds";

const question = { system: "acme", region: REGION };
const restore = (rds: MemoryRds, to?: Date): Promise<Restored> =>
  restoreInRegion(rds.tools(), to === undefined ? question : { ...question, to });

const ofRestore = (changes: Partial<DBInstance> = {}, from = FAILED_ID): DBInstance =>
  failedInstance({
    DBInstanceIdentifier: "acme-postgres-restored",
    DbiResourceId: "db-RESTORED1",
    DBInstanceStatus: "available",
    Endpoint: { Address: "restored.example", Port: 5432 },
    TagList: [
      { Key: TAGS.from, Value: from },
      { Key: TAGS.to, Value: LATEST.toISOString() },
      { Key: TAGS.asked, Value: "2026-11-26T10:15:00Z" },
    ],
    ...changes,
  });

const rdsWith = (...instances: readonly DBInstance[]): MemoryRds => {
  const rds = new MemoryRds();
  rds.instances.clear();
  for (const instance of instances) rds.instances.set(instance.DBInstanceIdentifier ?? "", instance);
  return rds;
};

describe("a restore in the region", () => {
  test("is made beside, proven, and only then takes the failed one's name", async () => {
    const rds = new MemoryRds();

    const restored = await restore(rds);

    expect(rds.done).toEqual([
      "restore acme-postgres-restored",
      "modify acme-postgres-restored",
      "modify acme-postgres",
      `remove acme-postgres (${FAILED_ID})`,
      "rename acme-postgres-restored acme-postgres",
      "replicate db-RESTORED1",
    ]);
    expect(restored).toMatchObject({
      instance: "acme-postgres",
      resourceId: "db-RESTORED1",
      place: { host: "acme-postgres.c9.us-east-1.rds.amazonaws.com", port: 5432 },
      origin: { resourceId: FAILED_ID, restoredTo: LATEST },
      proof: { tables: 4 },
      replication: { state: "begun", replaces: expect.stringContaining(`ab-${FAILED_ID}`) },
    });
    expect([...rds.instances.keys()]).toEqual(["acme-postgres"]);
    expect(rds.replicated.get("db-RESTORED1")).toMatchObject({ KmsKeyId: expect.stringContaining("key/k"), BackupRetentionPeriod: 35 });
    expect(rds.own.has(FAILED_ID)).toBe(true);
  });

  test("goes to the time that is asked for", async () => {
    const rds = new MemoryRds();
    const to = new Date("2026-11-26T09:00:00Z");

    expect((await restore(rds, to)).origin.restoredTo).toEqual(to);
    expect(rds.requests[0]?.RestoreTime).toEqual(to);
  });

  test("that is done is found done, and nothing is changed", async () => {
    const rds = new MemoryRds();
    await restore(rds);
    const before = [...rds.done];

    const again = await restore(rds);

    expect(rds.done).toEqual(before);
    expect(again).toMatchObject({ resourceId: "db-RESTORED1", replication: { state: "found" }, times: {} });
  });

  test("a database that fails a second time is restored from its own backups, not from its predecessor's", async () => {
    const rds = new MemoryRds();
    await restore(rds);
    const standing = rds.instances.get("acme-postgres");
    Object.assign(standing ?? {}, { DBInstanceStatus: "failed" });

    const restored = await restore(rds);

    expect(rds.requests[1]).toMatchObject({ SourceDbiResourceId: "db-RESTORED1" });
    expect(restored.origin.resourceId).toBe("db-RESTORED1");
    expect(rds.requests[1]?.Tags?.filter(({ Key }) => Key === TAGS.from)).toEqual([{ Key: TAGS.from, Value: "db-RESTORED1" }]);
  });

  test("that nobody can connect to says so, and takes RDS's word", async () => {
    const rds = new MemoryRds();

    const restored = await restoreInRegion(rds.tools({ prove: undefined }), question);

    expect(restored.proof).toBeUndefined();
    expect(rds.said).toContain("Nobody connected to it: RDS calls it available");
  });

  test("serves, though the recovery region does not answer", async () => {
    const rds = new MemoryRds();
    const failing = async (): Promise<never> => {
      throw new Error("eu-west-1 does not answer");
    };

    const restored = await restoreInRegion(rds.tools({ recovery: { replicated: failing, replicate: failing } }), question);

    expect(restored.replication).toEqual({ state: "failed", reason: "eu-west-1 does not answer" });
    expect((await restore(rds)).replication.state).toBe("begun");
  });

  test("without copies in the other region there is nothing to begin them by", async () => {
    const rds = new MemoryRds();
    rds.replicated.clear();

    expect((await restore(rds)).replication).toEqual({ state: "none" });
  });
});

describe("cut off at any call, it goes on when it is run again", () => {
  const countCalls = async (): Promise<number> => {
    const rds = new MemoryRds();
    await restore(rds);
    return rds.calls;
  };

  test.each(["before", "after"] as const)("%s its work", async (when) => {
    const calls = await countCalls();
    expect(calls).toBeGreaterThan(15);
    for (let call = 1; call <= calls; call += 1) {
      const rds = new MemoryRds();
      rds.fault = { call, when };
      const first = await restore(rds).then(
        ({ replication }) => (replication.state === "failed" ? "not replicated" : "done"),
        () => "failed",
      );
      const names = [...rds.instances.values()].map(({ DbiResourceId }) => DbiResourceId);
      // Whatever it was cut off at, there is an instance with the data, or the backups to make one.
      expect({ call, valid: rds.own.has(FAILED_ID) && names.length > 0 }).toEqual({ call, valid: true });

      const restored = await restore(rds);

      expect({ call, first, resourceId: restored.resourceId, replicated: restored.replication.state !== "failed" }).toEqual({
        call,
        first: expect.stringMatching(/failed|not replicated/),
        resourceId: "db-RESTORED1",
        replicated: true,
      });
      expect({ call, removed: rds.done.filter((each) => each.startsWith("remove")) }).toEqual({
        call,
        removed: [`remove acme-postgres (${FAILED_ID})`],
      });
      expect(rds.done.filter((each) => each.startsWith("restore"))).toHaveLength(1);
      expect([...rds.instances.keys()]).toEqual(["acme-postgres"]);
      expect(rds.instances.get("acme-postgres")).toMatchObject({ PreferredMaintenanceWindow: "sun:04:30-sun:05:30" });
    }
  });
});

test("gone on with hours later, it is proven against what had been committed when it was asked for: RDS commits things of its own since", async () => {
  const rds = new MemoryRds();
  rds.fault = { call: 5, when: "after" };
  await expect(restore(rds)).rejects.toThrow("was not answered");
  expect(rds.done).toEqual(["restore acme-postgres-restored"]);
  const asked: Date[] = [];
  const prove: RestoreTools["prove"] = async (_, { askedAt }) => {
    asked.push(askedAt);
    return rds.proof;
  };

  await restoreInRegion(rds.tools({ prove, now: () => new Date("2026-11-26T16:00:00Z") }), question);

  expect(asked).toEqual([new Date("2026-11-26T10:15:00Z")]);
});

describe("what cannot be proven is refused, and nothing is changed", () => {
  test.each<[string, () => MemoryRds, Date | undefined, RegExp]>([
    [
      "no database at all",
      () => rdsWith(),
      undefined,
      /\[target-refused\] There is no failed database.*neither acme-postgres nor acme-postgres-restored/,
    ],
    [
      "a database that works",
      () => rdsWith(failedInstance({ DBInstanceStatus: "available" })),
      undefined,
      /has not failed.*acme-postgres is available/,
    ],
    [
      "one that RDS recovers by itself",
      () => rdsWith(failedInstance({ DBInstanceStatus: "rebooting" })),
      undefined,
      /has not failed.*is rebooting/,
    ],
    [
      "one whose parameters are wrong, and whose disk is whole",
      () => rdsWith(failedInstance({ DBInstanceStatus: "incompatible-parameters" })),
      undefined,
      /has not failed/,
    ],
    [
      "one without backups",
      () => {
        const rds = new MemoryRds();
        rds.own.clear();
        return rds;
      },
      undefined,
      /\[no-recovery-point\].*no automated backups of db-FAILED/,
    ],
    [
      "backups that have no window yet",
      () => {
        const rds = new MemoryRds();
        rds.own.set(FAILED_ID, backupsOf(FAILED_ID, { Status: "creating", RestoreWindow: undefined }));
        return rds;
      },
      undefined,
      /automated backups of db-FAILED in state creating/,
    ],
    [
      "a time after the window",
      () => new MemoryRds(),
      new Date(LATEST.getTime() + 1),
      /\[no-recovery-point\].*Allowed: from .* to 2026-11-26T10:00:00.250Z/,
    ],
    ["a time before it", () => new MemoryRds(), new Date(EARLIEST.getTime() - 1), /cannot be restored to this time/],
    [
      "an instance of somebody else in the way",
      () => rdsWith(failedInstance(), ofRestore({ TagList: [] })),
      undefined,
      /not of this restore.*says nowhere that a restore made it/,
    ],
    [
      "a tag with no time in it",
      () =>
        rdsWith(
          failedInstance(),
          ofRestore({
            TagList: [
              { Key: TAGS.from, Value: FAILED_ID },
              { Key: TAGS.to, Value: "soon" },
            ],
          }),
        ),
      undefined,
      /says nowhere that a restore made it/,
    ],
    [
      "a restore of another instance in the way",
      () => rdsWith(failedInstance(), ofRestore({}, "db-OTHER")),
      undefined,
      /it was restored from db-OTHER, and db-FAILED stands there now/,
    ],
    [
      "a restore that failed",
      () => rdsWith(failedInstance(), ofRestore({ DBInstanceStatus: "incompatible-restore" })),
      undefined,
      /did not succeed.*is incompatible-restore/,
    ],
    [
      "a restore to another time that was begun",
      () => rdsWith(failedInstance(), ofRestore()),
      EARLIEST,
      /A restore to another time was begun.*or --to 2026-11-26T10:00:00.250Z/,
    ],
    [
      "a database that came back while it was restored beside",
      () => rdsWith(failedInstance({ DBInstanceStatus: "available" }), ofRestore()),
      undefined,
      /has not failed.*acme-postgres is available/,
    ],
    [
      "a system that was failed over",
      () => {
        const rds = new MemoryRds();
        rds.serving = "eu-west-1";
        return rds;
      },
      undefined,
      /Applications were sent to eu-west-1/,
    ],
  ])("%s", async (_, make, to, message) => {
    const rds = make();

    await expect(restore(rds, to)).rejects.toThrow(message);

    expect(rds.done).toEqual([]);
  });

  test("a restored database that is not whole: the failed one stays", async () => {
    const rds = new MemoryRds();
    rds.proof = { ...rds.proof, checks: [{ name: "tables that answer", expected: "4", actual: "3", passed: false }] };

    await expect(restore(rds)).rejects.toThrow(/\[digest-mismatch\].*tables that answer: expected 4, actual 3/);

    expect(rds.done).toEqual(["restore acme-postgres-restored"]);
    expect(rds.instances.get("acme-postgres")?.DBInstanceStatus).toBe("failed");
  });

  test("a failed one that is not failed any more when it would be deleted", async () => {
    const rds = new MemoryRds();
    const tools = rds.tools();
    const prove = async () => {
      Object.assign(rds.instances.get("acme-postgres") ?? {}, { DBInstanceStatus: "available" });
      return rds.proof;
    };

    await expect(restoreInRegion({ ...tools, prove }, question)).rejects.toThrow(/not failed any more and is not deleted/);

    expect(rds.done.filter((each) => each.startsWith("remove"))).toEqual([]);
  });

  test("deletion protection that RDS keeps on a failed instance: the way on is named", async () => {
    const rds = new MemoryRds();
    const { primary, ...tools } = rds.tools();
    const modify: typeof primary.modify = (request) =>
      request.DeletionProtection === false ? Promise.reject(new Error("InvalidDBInstanceState")) : primary.modify(request);

    await expect(restoreInRegion({ ...tools, primary: { ...primary, modify } }, question)).rejects.toThrow(
      /deletion protection.*AWS Support/,
    );
  });

  test("a region that nobody could tell is no refusal, and is said", async () => {
    const rds = new MemoryRds();
    rds.serving = undefined;

    await restore(rds);

    expect(rds.said[0]).toMatch(/could not be read: make sure that nobody has failed over/);
  });

  test("an interruption ends the wait", async () => {
    const rds = new MemoryRds();
    const interrupt = new AbortController();
    interrupt.abort(new Error("interrupted"));

    await expect(restoreInRegion(rds.tools({ signal: interrupt.signal }), question)).rejects.toThrow("interrupted");

    expect((await restore(rds)).resourceId).toBe("db-RESTORED1");
  });
});
