import { account, elementOf, givenRds, keyOf, leastInstance, primary, recovery } from "../givenRds";

const named = { DBInstanceIdentifier: "db1" };
const arn = `arn:aws:rds:${primary}:${account}:db:db1`;

const statusOf = ({ ask }: Awaited<ReturnType<typeof givenRds>>, region = primary, id = "db1") =>
  ask(region, "DBInstanceStatus", "DescribeDBInstances", { DBInstanceIdentifier: id });

describe("a lost region", () => {
  it("has its servers killed and everything deleted; the other region's copies can be restored from", async () => {
    const given = await givenRds();
    const { engine, rds, settle, call } = given;
    const encrypted = { ...leastInstance, StorageEncrypted: true, KmsKeyId: keyOf(primary) };
    await settle(primary, "CreateDBInstance", encrypted);
    const start = { SourceDBInstanceArn: arn, KmsKeyId: keyOf(recovery), BackupRetentionPeriod: 14 };
    const { xml } = await settle(recovery, "StartDBInstanceAutomatedBackupsReplication", start);
    const [before] = rds.instances(primary);
    rds.suspend(primary);

    const lost = await rds.loseRegion(primary);
    const restored = await settle(recovery, "RestoreDBInstanceToPointInTime", {
      TargetDBInstanceIdentifier: "back",
      SourceDBInstanceAutomatedBackupsArn: elementOf(xml, "DBInstanceAutomatedBackupsArn") ?? "",
      UseLatestRestorableTime: true,
    });
    rds.resume(primary);

    expect(lost).toEqual({ pids: [before?.server?.pid], directories: [before?.server?.dataDirectory, `/archive/${primary}`] });
    expect(engine.calls.map(({ call: name }) => name)).toEqual(
      expect.arrayContaining(["suspend", "kill", "erase", "eraseRegion", "resume"]),
    );
    expect(rds.instances(primary)).toEqual([expect.objectContaining({ status: "failed", server: undefined })]);
    expect((await call(primary, "DescribeDBInstanceAutomatedBackups")).xml).toContain(
      "<DBInstanceAutomatedBackups></DBInstanceAutomatedBackups>",
    );
    expect(elementOf(restored.xml, "KmsKeyId")).toBe(keyOf(recovery));
    expect(await statusOf(given, recovery, "back")).toBe("available");
  });

  it("is not brought back by what was under way", async () => {
    const given = await givenRds();
    const release = given.engine.hold("create");
    await given.call(primary, "CreateDBInstance", leastInstance);

    await given.rds.loseRegion(primary);
    release();
    await given.rds.settled();

    expect(given.engine.servers(primary)).toEqual([]);
    expect(await statusOf(given)).toBe("failed");
  });

  it("cannot be reached from the other region while it is cut off", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", leastInstance);
    await given.settle(primary, "CreateDBSnapshot", { ...named, DBSnapshotIdentifier: "s" });
    given.rds.suspend(primary);

    const start = await given.call(recovery, "StartDBInstanceAutomatedBackupsReplication", { SourceDBInstanceArn: arn });
    const copy = await given.call(recovery, "CopyDBSnapshot", {
      SourceDBSnapshotIdentifier: `arn:aws:rds:${primary}:${account}:snapshot:s`,
      TargetDBSnapshotIdentifier: "s",
    });

    expect([start, copy].map(({ status, code }) => [status, code])).toEqual(Array(2).fill([503, "ServiceUnavailable"]));
  });
});
