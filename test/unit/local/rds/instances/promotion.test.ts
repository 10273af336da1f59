import { elementOf, primary, recovery } from "../givenRds";
import { eventsOf, givenReplica, replica, replicationOf, source } from "../givenReplica";

const promotion = "PromoteReadReplica";

it("makes a replica an instance of its own, with its own backups, though its source's region is lost", async () => {
  const given = await givenReplica();
  given.rds.suspend(primary);
  await given.rds.loseRegion(primary);
  const release = given.engine.hold("promote");

  const { xml } = await given.call(recovery, promotion, { ...replica, BackupRetentionPeriod: 7, PreferredBackupWindow: "01:00-01:30" });
  await new Promise(setImmediate);
  const meanwhile = given.rds.instances(recovery)[0]?.status;
  release();
  await given.rds.settled();

  const after = (await given.call(recovery, "DescribeDBInstances", replica)).xml;
  expect([elementOf(xml, "DBInstanceStatus"), meanwhile]).toEqual(["modifying", "rebooting"]);
  expect(after).not.toContain("ReadReplicaSourceDBInstanceIdentifier");
  expect(await replicationOf(given)).toBeUndefined();
  expect(["DBInstanceStatus", "BackupRetentionPeriod", "PreferredBackupWindow"].map((name) => elementOf(after, name))).toEqual([
    "available",
    "7",
    "01:00-01:30",
  ]);
  expect(given.engine.chain({ region: recovery, resourceId: given.ids.replica })?.window).toBeDefined();
  expect(await given.ask(recovery, "Status", "DescribeDBInstanceAutomatedBackups", { DbiResourceId: given.ids.replica })).toBe("active");
  expect((await eventsOf(given, recovery, "replica")).slice(-3)).toEqual([
    "DB instance restarted",
    "Backing up DB instance",
    "Finished DB Instance backup",
  ]);
});

it("sets the archiving before it ends the recovery, so that no commit is missing in the backups", async () => {
  const { settle, engine } = await givenReplica();

  await settle(recovery, promotion, replica);

  const calls = engine.calls.map(({ call }) => call).filter((call) => ["setArchiving", "promote", "takeBaseBackup"].includes(call));
  expect(calls.slice(-3)).toEqual(["setArchiving", "promote", "takeBaseBackup"]);
});

it("keeps one day of backups where nothing is said, and none where that is said", async () => {
  const first = await givenReplica();
  const second = await givenReplica();

  await first.settle(recovery, promotion, replica);
  await second.settle(recovery, promotion, { ...replica, BackupRetentionPeriod: 0 });

  const daysOf = ({ ask }: typeof first) => ask(recovery, "BackupRetentionPeriod", "DescribeDBInstances", replica);
  expect([await daysOf(first), await daysOf(second)]).toEqual(["1", "0"]);
  expect(second.engine.chain({ region: recovery, resourceId: second.ids.replica })).toBeUndefined();
});

it("allows what a replica may not: password, standby, protection, and a replica of its own", async () => {
  const given = await givenReplica();
  await given.settle(recovery, promotion, replica);

  await given.settle(recovery, "ModifyDBInstance", {
    ...replica,
    MasterUserPassword: "another-secret",
    MultiAZ: true,
    DeletionProtection: true,
    ApplyImmediately: true,
  });

  const server = given.engine.server(given.ids.replica);
  const { xml } = await given.call(recovery, "DescribeDBInstances", replica);
  expect([server.told.password, server.standby?.zone]).toEqual(["another-secret", "zone-b"]);
  expect(["MultiAZ", "DeletionProtection"].map((name) => elementOf(xml, name))).toEqual(["true", "true"]);
});

it("takes the replica from its source's list", async () => {
  const { settle, call } = await givenReplica();

  await settle(recovery, promotion, replica);

  expect((await call(primary, "DescribeDBInstances", source)).xml).toContain(
    "<ReadReplicaDBInstanceIdentifiers></ReadReplicaDBInstanceIdentifiers>",
  );
});

it("leaves the replica what it was when the engine cannot promote it", async () => {
  const given = await givenReplica();
  given.engine.fail("promote", new Error("the recovery does not end"));

  await given.settle(recovery, promotion, { ...replica, BackupRetentionPeriod: 7 });

  expect([await replicationOf(given), given.rds.instances(recovery)[0]?.status]).toEqual(["true replicating", "available"]);
  expect(await given.ask(recovery, "BackupRetentionPeriod", "DescribeDBInstances", replica)).toBe("0");
  expect(given.engine.server(given.ids.replica).told.archiving).toBeUndefined();
  expect((await eventsOf(given, recovery, "replica")).at(-1)).toBe("The read replica could not be promoted: the recovery does not end");
});

it("is refused for what is no replica, was promoted already, or is not available", async () => {
  const given = await givenReplica();
  const release = given.engine.hold("promote");

  const ordinary = await given.call(primary, promotion, source);
  await given.call(recovery, promotion, replica);
  const again = await given.call(recovery, promotion, replica);
  release();
  await given.rds.settled();
  const promoted = await given.call(recovery, promotion, replica);
  const nobody = await given.call(recovery, promotion, { DBInstanceIdentifier: "nobody" });

  const refusal = { code: "InvalidDBInstanceState", message: "DB Instance is not a read replica." };
  expect([ordinary, promoted]).toMatchObject([refusal, refusal]);
  expect(again).toMatchObject({ code: "InvalidDBInstanceState", message: expect.stringContaining("is not in available state") });
  expect([nobody.status, nobody.code]).toEqual([404, "DBInstanceNotFound"]);
});

it("is not undone by a region that is lost meanwhile", async () => {
  const given = await givenReplica();
  const release = given.engine.hold("promote");
  await given.call(recovery, promotion, replica);

  await given.rds.loseRegion(recovery);
  release();
  await given.rds.settled();

  expect(given.rds.instances(recovery)).toMatchObject([{ status: "failed" }]);
});
