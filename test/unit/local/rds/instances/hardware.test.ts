import { elementOf, type GivenRds, givenRds, leastInstance, primary } from "../givenRds";
import { eventsOf, givenReplica, replicationOf, source } from "../givenReplica";

const latest = "2026-03-01T12:10:00.000Z";

const given = async (): Promise<GivenRds & { readonly id: string }> => {
  const made = await givenRds();
  await made.settle(primary, "CreateDBInstance", { ...leastInstance, MultiAZ: true });
  const [{ resourceId } = { resourceId: "" }] = made.rds.instances(primary);
  made.engine.archive({ region: primary, resourceId }, new Date(latest));
  return { ...made, id: resourceId };
};

describe("a hardware failure", () => {
  it("kills server and standby, erases their disks, and leaves the instance failed with its backups", async () => {
    const made = await given();
    const server = made.rds.instances(primary)[0]?.server;

    const lost = await made.rds.loseHardware(primary, "db1");

    expect(lost).toEqual({
      pids: [server?.pid, server?.standby?.pid],
      directories: [server?.dataDirectory, server?.standby?.dataDirectory],
    });
    const calls = made.engine.calls.map(({ call }) => call);
    expect(calls.slice(-2)).toEqual(["kill", "erase"]);
    expect(calls).not.toContain("eraseRegion");
    expect(made.rds.instances(primary)).toMatchObject([{ status: "failed", server: undefined }]);
    expect((await eventsOf(made, primary, "db1")).at(-1)).toMatch(/put into failed state. RDS recommends .* point-in-time-restore/);
    const { xml } = await made.call(primary, "DescribeDBInstances", source);
    expect(elementOf(xml, "LatestRestorableTime")).toBe(latest);
  });

  it.each([
    ["the instance", async () => ({ SourceDBInstanceIdentifier: "db1" })],
    ["its resource id", async ({ id }: { readonly id: string }) => ({ SourceDbiResourceId: id })],
    [
      "the ARN of its backups",
      async ({ ask }: GivenRds) => ({
        SourceDBInstanceAutomatedBackupsArn:
          (await ask(primary, "DBInstanceAutomatedBackupsArn", "DescribeDBInstanceAutomatedBackups")) ?? "",
      }),
    ],
  ])("can be recovered from by %s, in its region", async (_, sourceOf) => {
    const made = await given();
    await made.rds.loseHardware(primary, "db1");

    await made.settle(primary, "RestoreDBInstanceToPointInTime", {
      TargetDBInstanceIdentifier: "db2",
      ...(await sourceOf(made)),
      UseLatestRestorableTime: true,
    });

    expect(made.rds.instances(primary).map(({ identifier, status }) => `${identifier} ${status}`)).toEqual(["db1 failed", "db2 available"]);
  });

  it("is cleared away by a deletion that keeps the backups, and gives its name to the restored instance", async () => {
    const made = await given();
    await made.rds.loseHardware(primary, "db1");

    const protectedBySnapshot = await made.call(primary, "DeleteDBInstance", { ...source, FinalDBSnapshotIdentifier: "last" });
    await made.settle(primary, "DeleteDBInstance", { ...source, SkipFinalSnapshot: true, DeleteAutomatedBackups: false });
    const retained = await made.ask(primary, "Status", "DescribeDBInstanceAutomatedBackups", { DbiResourceId: made.id });
    await made.settle(primary, "RestoreDBInstanceToPointInTime", {
      TargetDBInstanceIdentifier: "db1",
      SourceDbiResourceId: made.id,
      RestoreTime: latest,
    });

    expect([protectedBySnapshot.code, retained]).toEqual(["InvalidDBInstanceState", "retained"]);
    expect(made.rds.instances(primary)).toMatchObject([{ identifier: "db1", status: "available" }]);
    expect(made.engine.calls.filter(({ call }) => call === "deleteChain")).toEqual([]);
  });

  it("stops the replication to its replicas, which run on", async () => {
    const made = await givenReplica();

    await made.rds.loseHardware(primary, "db1");

    expect(await replicationOf(made)).toBe("false error");
  });

  it("is not undone by what was under way", async () => {
    const made = await given();
    const release = made.engine.hold("setMasterPassword");
    await made.call(primary, "ModifyDBInstance", { ...source, MasterUserPassword: "another-secret" });

    await made.rds.loseHardware(primary, "db1");
    release();
    await made.rds.settled();

    expect(made.rds.instances(primary)).toMatchObject([{ status: "failed" }]);
  });

  it("of nobody is an error", async () => {
    const made = await given();

    await expect(made.rds.loseHardware(primary, "nobody")).rejects.toThrow("nobody not found");
  });
});
