import { RestoreRefused } from "../../../../../local/rds/engine";
import { elementOf, givenRds, keyOf, leastInstance, primary, recovery } from "../givenRds";
import { givenReplicated } from "../givenReplicated";

const target = { TargetDBInstanceIdentifier: "back" };

it("comes up with default groups, single-AZ and unprotected, and keeps the rest of the source", async () => {
  const { call, settle, replica } = await givenReplicated();

  await settle(recovery, "RestoreDBInstanceToPointInTime", {
    ...target,
    SourceDBInstanceAutomatedBackupsArn: replica,
    RestoreTime: "2026-03-01T12:05:00Z",
  });

  const { xml } = await call(recovery, "DescribeDBInstances", { DBInstanceIdentifier: "back" });
  const read = (name: string) => elementOf(xml, name);
  expect([read("DBSubnetGroupName"), read("VpcSecurityGroupId"), read("DBParameterGroupName")]).toEqual([
    "default",
    "sg-of-vpc-default",
    "default.postgres15",
  ]);
  expect([read("MultiAZ"), read("DeletionProtection"), read("CopyTagsToSnapshot")]).toEqual(["false", "false", "false"]);
  expect([read("DBInstanceClass"), read("AllocatedStorage"), read("PreferredBackupWindow"), read("BackupRetentionPeriod")]).toEqual([
    "db.t4g.medium",
    "20",
    "10:00-10:30",
    "7",
  ]);
  expect([read("DBName"), read("MasterUsername"), read("StorageEncrypted"), read("KmsKeyId")]).toEqual([
    "app",
    "lifeboat",
    "true",
    keyOf(recovery),
  ]);
  expect(xml).toContain("<TagList></TagList>");
});

it("takes every group that the call names", async () => {
  const { call, settle, engine, rds, replica } = await givenReplicated();
  await settle(recovery, "CreateDBSubnetGroup", {
    DBSubnetGroupName: "subnets",
    DBSubnetGroupDescription: "d",
    "SubnetIds.SubnetIdentifier.1": "subnet-1a",
    "SubnetIds.SubnetIdentifier.2": "subnet-1b",
  });
  await settle(recovery, "CreateDBParameterGroup", { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" });

  await settle(recovery, "RestoreDBInstanceToPointInTime", {
    ...target,
    SourceDBInstanceAutomatedBackupsArn: replica,
    UseLatestRestorableTime: true,
    DBSubnetGroupName: "subnets",
    "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-1",
    DBParameterGroupName: "pg",
    Port: 6000,
    DBName: "app",
  });

  const { xml } = await call(recovery, "DescribeDBInstances", { DBInstanceIdentifier: "back" });
  expect(["DBSubnetGroupName", "VpcSecurityGroupId", "DBParameterGroupName", "Port"].map((name) => elementOf(xml, name))).toEqual([
    "subnets",
    "sg-1",
    "pg",
    "6000",
  ]);
  const [source] = rds.instances(primary);
  const restore = engine.calls.find(({ call: name }) => name === "restoreToTime");
  expect(restore?.details).toMatchObject({
    region: recovery,
    chain: { region: recovery, resourceId: source?.resourceId },
    time: new Date("2026-03-01T12:10:00Z"),
    archiving: { shippingSeconds: 2, baseBackupIntervalSeconds: 86_400, retentionDays: 7 },
  });
  expect(rds.instances(recovery)[0]?.resourceId).not.toBe(source?.resourceId);
});

it.each([
  ["before the window", "2026-03-01T11:59:59Z", "Nearest usable times: 2026-03-01T12:00:00.000Z."],
  ["after the window", "2026-03-01T12:10:01Z", "Nearest usable times: 2026-03-01T12:10:00.000Z."],
  ["in a gap", "2026-03-01T12:04:00Z", "Nearest usable times: 2026-03-01T12:03:00.000Z, 2026-03-01T12:05:00.000Z."],
])("refuses a time %s with the window and the nearest usable times, and makes no instance", async (_, RestoreTime, nearest) => {
  const { call, rds, engine, replica } = await givenReplicated();
  const [{ resourceId } = { resourceId: "" }] = rds.instances(primary);
  const gap = {
    from: new Date("2026-03-01T12:03:00Z"),
    to: new Date("2026-03-01T12:05:00Z"),
    missing: "000000010000000000000004",
  };
  engine.gap({ region: recovery, resourceId }, gap);

  const answer = await call(recovery, "RestoreDBInstanceToPointInTime", {
    ...target,
    SourceDBInstanceAutomatedBackupsArn: replica,
    RestoreTime,
  });

  expect([answer.status, answer.code]).toEqual([400, "InvalidParameterValue"]);
  expect(answer.message).toContain(new Date(RestoreTime).toISOString());
  expect(answer.message).toContain("Restorable: from 2026-03-01T12:00:00.000Z to 2026-03-01T12:10:00.000Z.");
  expect(answer.message).toContain(
    "Not between 2026-03-01T12:03:00.000Z and 2026-03-01T12:05:00.000Z: the WAL segment 000000010000000000000004 is missing.",
  );
  expect(answer.message).toContain(nearest);
  expect(rds.instances(recovery)).toEqual([]);
  expect(engine.calls.some(({ call: name }) => name === "restoreToTime")).toBe(false);
});

it.each([
  [
    "both sources",
    { SourceDBInstanceIdentifier: "db1", SourceDbiResourceId: "x", UseLatestRestorableTime: true },
    "InvalidParameterCombination",
  ],
  ["no source", { UseLatestRestorableTime: true }, "InvalidParameterCombination"],
  ["no time", { SourceDBInstanceIdentifier: "db1" }, "InvalidParameterCombination"],
  [
    "both times",
    { SourceDBInstanceIdentifier: "db1", RestoreTime: "2026-03-01T12:05:00Z", UseLatestRestorableTime: true },
    "InvalidParameterCombination",
  ],
  ["a time without a zone", { SourceDBInstanceIdentifier: "db1", RestoreTime: "2026-03-01T12:05:00" }, "InvalidParameterValue"],
  ["a day that is none", { SourceDBInstanceIdentifier: "db1", RestoreTime: "2026-13-01T12:05:00Z" }, "InvalidParameterValue"],
  ["an unknown instance", { SourceDBInstanceIdentifier: "no", UseLatestRestorableTime: true }, "DBInstanceNotFound"],
  ["an unknown resource", { SourceDbiResourceId: "db-NO", UseLatestRestorableTime: true }, "DBInstanceNotFound"],
  ["unknown backups", { SourceDBInstanceAutomatedBackupsArn: "no", UseLatestRestorableTime: true }, "DBInstanceAutomatedBackupNotFound"],
  [
    "another database name",
    { SourceDBInstanceIdentifier: "db1", UseLatestRestorableTime: true, DBName: "other" },
    "InvalidParameterCombination",
  ],
  [
    "a name that is taken",
    { SourceDBInstanceIdentifier: "db1", UseLatestRestorableTime: true, TargetDBInstanceIdentifier: "DB1" },
    "DBInstanceAlreadyExists",
  ],
])("refuses %s", async (_, parameters, code) => {
  const { call, rds } = await givenReplicated();

  const answer = await call(primary, "RestoreDBInstanceToPointInTime", { ...target, ...parameters });

  expect(answer.code).toBe(code);
  expect(rds.instances(primary)).toHaveLength(1);
});

it("finds replicated backups by their ARN and in their region only", async () => {
  const { call, rds, replica } = await givenReplicated();
  const latest = { ...target, UseLatestRestorableTime: true };
  const [{ resourceId } = { resourceId: "" }] = rds.instances(primary);

  const byResource = await call(recovery, "RestoreDBInstanceToPointInTime", { ...latest, SourceDbiResourceId: resourceId });
  const elsewhere = await call(primary, "RestoreDBInstanceToPointInTime", { ...latest, SourceDBInstanceAutomatedBackupsArn: replica });

  expect(byResource.code).toBe("DBInstanceNotFound");
  expect(elsewhere).toMatchObject({ code: "DBInstanceAutomatedBackupNotFound", message: expect.stringContaining(`it is of ${recovery}`) });
});

it("says that an instance without backups cannot be restored, and one without a base backup neither", async () => {
  const { call, settle, engine } = await givenRds();
  await settle(primary, "CreateDBInstance", { ...leastInstance, BackupRetentionPeriod: 0 });
  engine.fail("takeBaseBackup", new Error("no"));
  await settle(primary, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "db2" });
  const latest = { ...target, UseLatestRestorableTime: true };

  const off = await call(primary, "RestoreDBInstanceToPointInTime", { ...latest, SourceDBInstanceIdentifier: "db1" });
  const early = await call(primary, "RestoreDBInstanceToPointInTime", { ...latest, SourceDBInstanceIdentifier: "db2" });

  expect(off.code).toBe("PointInTimeRestoreNotEnabled");
  expect(early).toMatchObject({ code: "InvalidRestoreFault", message: expect.stringContaining("No time is restorable.") });
});

it("refuses backups that are not whole, names what is at fault, and makes no instance", async () => {
  const { call, rds, engine } = await givenReplicated();
  const at = new Date("2026-03-01T12:02:00Z");
  engine.fail(
    "checkRestore",
    new RestoreRefused("corrupt", "The WAL segment 000000010000000000000007 is not what was archived", undefined, [at]),
  );

  const answer = await call(primary, "RestoreDBInstanceToPointInTime", {
    ...target,
    SourceDBInstanceIdentifier: "db1",
    UseLatestRestorableTime: true,
  });

  expect(answer).toMatchObject({
    status: 400,
    code: "InvalidRestoreFault",
    message:
      "The WAL segment 000000010000000000000007 is not what was archived. No time is restorable. Nearest usable times: 2026-03-01T12:02:00.000Z.",
  });
  expect(rds.instances(primary)).toHaveLength(1);
});

it("is incompatible-restore, with an event that says why, when the engine fails after it was accepted", async () => {
  const { settle, call, ask, engine } = await givenReplicated();
  engine.fail("restoreToTime", new Error("segment 000000010000000000000007 is not what was archived"));

  await settle(primary, "RestoreDBInstanceToPointInTime", { ...target, SourceDBInstanceIdentifier: "db1", UseLatestRestorableTime: true });

  expect(await ask(primary, "DBInstanceStatus", "DescribeDBInstances", { DBInstanceIdentifier: "back" })).toBe("incompatible-restore");
  const { xml } = await call(primary, "DescribeEvents", { SourceIdentifier: "back", SourceType: "db-instance" });
  expect(elementOf(xml, "Message")).toContain("segment 000000010000000000000007 is not what was archived");
});
