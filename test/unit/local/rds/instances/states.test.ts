import { account, elementOf, givenRds, leastInstance, primary, recovery } from "../givenRds";

const named = { DBInstanceIdentifier: "db1" };
const arn = `arn:aws:rds:${primary}:${account}:db:db1`;

const statusOf = ({ ask }: Awaited<ReturnType<typeof givenRds>>, region = primary, id = "db1") =>
  ask(region, "DBInstanceStatus", "DescribeDBInstances", { DBInstanceIdentifier: id });

const events = async ({ call }: Awaited<ReturnType<typeof givenRds>>, region = primary): Promise<string[]> => {
  const { xml } = await call(region, "DescribeEvents", { SourceType: "db-instance" });
  return [...xml.matchAll(/<Message>([^<]*)<\/Message>/g)].map(([, message]) => message ?? "");
};

it("is creating, then backing up, then available with an endpoint", async () => {
  const given = await givenRds();
  const releaseCreate = given.engine.hold("create");
  const releaseBackup = given.engine.hold("takeBaseBackup");

  const { xml } = await given.call(primary, "CreateDBInstance", leastInstance);
  expect([elementOf(xml, "DBInstanceStatus"), elementOf(xml, "Address")]).toEqual(["creating", undefined]);
  releaseCreate();
  await new Promise(setImmediate);
  expect(await statusOf(given)).toBe("backing-up");
  releaseBackup();
  await given.rds.settled();

  const described = await given.call(primary, "DescribeDBInstances", named);
  const [instance] = given.rds.instances(primary);
  expect(elementOf(described.xml, "DBInstanceStatus")).toBe("available");
  expect([elementOf(described.xml, "Address"), elementOf(described.xml, "Port")]).toEqual(["127.0.0.1", String(instance?.server?.port)]);
  expect(described.xml).not.toContain(leastInstance.MasterUserPassword);
  expect(await events(given)).toEqual(["DB instance created", "Backing up DB instance", "Finished DB Instance backup"]);
});

it("is failed, with an event that says why, when the engine cannot create it", async () => {
  const given = await givenRds();
  given.engine.fail("create", new Error("initdb: no space left on device"));

  await given.settle(primary, "CreateDBInstance", leastInstance);

  expect(await statusOf(given)).toBe("failed");
  expect(await events(given)).toEqual(["The engine could not start the DB instance: initdb: no space left on device"]);
  const refused = await given.call(primary, "DeleteDBInstance", { ...named, FinalDBSnapshotIdentifier: "last" });
  expect(refused.code).toBe("InvalidDBInstanceState");
  await given.settle(primary, "DeleteDBInstance", { ...named, SkipFinalSnapshot: true });
  expect(await statusOf(given)).toBeUndefined();
});

it("keeps what waits for a maintenance window pending until a call applies it at once", async () => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", leastInstance);

  await given.settle(primary, "ModifyDBInstance", { ...named, DBInstanceClass: "db.r6g.large", MultiAZ: true, BackupRetentionPeriod: 14 });
  const waiting = (await given.call(primary, "DescribeDBInstances", named)).xml;
  await given.settle(primary, "ModifyDBInstance", { ...named, CopyTagsToSnapshot: true, ApplyImmediately: true });
  const applied = (await given.call(primary, "DescribeDBInstances", named)).xml;

  expect(waiting).toContain(
    "<PendingModifiedValues><DBInstanceClass>db.r6g.large</DBInstanceClass><MultiAZ>true</MultiAZ></PendingModifiedValues>",
  );
  expect(waiting).toContain("<MultiAZ>false</MultiAZ>");
  expect(waiting).toContain("<BackupRetentionPeriod>14</BackupRetentionPeriod>");
  expect(elementOf(applied, "DBInstanceClass")).toBe("db.r6g.large");
  expect(applied).toContain("<PendingModifiedValues></PendingModifiedValues>");
  expect(given.engine.server(given.rds.instances(primary)[0]?.resourceId ?? "").told.archiving?.retentionDays).toBe(14);
});

it("changes the master password without ever returning it", async () => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", leastInstance);
  const [{ resourceId } = { resourceId: "" }] = given.rds.instances(primary);

  const { xml } = await given.settle(primary, "ModifyDBInstance", { ...named, MasterUserPassword: "another-secret" });

  expect(elementOf(xml, "MasterUserPassword")).toBe("****");
  expect(given.engine.server(resourceId).told.password).toBe("another-secret");
  expect(await events(given)).toContain("Reset master credentials");
  expect((await given.call(primary, "DescribeDBInstances", named)).xml).not.toContain("MasterUserPassword");
});

it("stays available, unchanged, when the engine cannot change it", async () => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", leastInstance);
  given.engine.fail("setMasterPassword", new Error("the server does not answer"));

  await given.settle(primary, "ModifyDBInstance", { ...named, MasterUserPassword: "another-secret" });

  expect(await statusOf(given)).toBe("available");
  expect(await events(given)).toContain("The change failed: the server does not answer");
});

it("refuses a second change while the first is under way", async () => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", leastInstance);
  const release = given.engine.hold("setMasterPassword");

  await given.call(primary, "ModifyDBInstance", { ...named, MasterUserPassword: "another-secret" });
  const second = await given.call(primary, "ModifyDBInstance", { ...named, MultiAZ: true });
  const reboot = await given.call(primary, "RebootDBInstance", named);
  const snapshot = await given.call(primary, "CreateDBSnapshot", { ...named, DBSnapshotIdentifier: "s" });
  release();
  await given.rds.settled();

  expect([second, reboot, snapshot].map(({ status, code }) => [status, code])).toEqual(Array(3).fill([400, "InvalidDBInstanceState"]));
});

it("applies dynamic parameters at once, and static ones at the next reboot", async () => {
  const given = await givenRds();
  const { settle, engine } = given;
  await settle(primary, "CreateDBParameterGroup", { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" });
  await settle(primary, "CreateDBInstance", { ...leastInstance, DBParameterGroupName: "pg" });
  const server = engine.server(given.rds.instances(primary)[0]?.resourceId ?? "");
  const applyStatus = () => given.ask(primary, "ParameterApplyStatus", "DescribeDBInstances", named);
  const change = (name: string, value: string, method: string, index: number) => ({
    [`Parameters.Parameter.${index}.ParameterName`]: name,
    [`Parameters.Parameter.${index}.ParameterValue`]: value,
    [`Parameters.Parameter.${index}.ApplyMethod`]: method,
  });

  await settle(primary, "ModifyDBParameterGroup", {
    DBParameterGroupName: "pg",
    ...change("log_min_duration_statement", "5", "immediate", 1),
  });
  expect([await applyStatus(), server.told.parameters.log_min_duration_statement]).toEqual(["in-sync", "5"]);
  await settle(primary, "ModifyDBParameterGroup", { DBParameterGroupName: "pg", ...change("max_connections", "99", "pending-reboot", 1) });
  expect([await applyStatus(), server.told.parameters.max_connections]).toEqual(["pending-reboot", undefined]);
  await settle(primary, "RebootDBInstance", named);
  expect([await applyStatus(), server.told.parameters.max_connections, server.told.restarts]).toEqual(["in-sync", "99", 1]);
  await settle(primary, "ResetDBParameterGroup", { DBParameterGroupName: "pg", ResetAllParameters: true });
  expect([await applyStatus(), server.told.parameters]).toEqual(["pending-reboot", { "rds.force_ssl": "1", max_connections: "99" }]);
  await settle(primary, "RebootDBInstance", named);
  expect([await applyStatus(), server.told.parameters]).toEqual(["in-sync", { "rds.force_ssl": "1" }]);
});

it("keeps the name of a new parameter group apart from what the server runs with, until it is rebooted", async () => {
  const { settle, ask, engine, rds } = await givenRds();
  await settle(primary, "CreateDBParameterGroup", { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" });
  await settle(primary, "ModifyDBParameterGroup", {
    DBParameterGroupName: "pg",
    "Parameters.Parameter.1.ParameterName": "rds.force_ssl",
    "Parameters.Parameter.1.ParameterValue": 0,
    "Parameters.Parameter.1.ApplyMethod": "immediate",
  });
  await settle(primary, "CreateDBInstance", leastInstance);
  const server = engine.server(rds.instances(primary)[0]?.resourceId ?? "");

  await settle(primary, "ModifyDBInstance", { ...named, DBParameterGroupName: "pg", ApplyImmediately: true });
  const before = [await ask(primary, "ParameterApplyStatus", "DescribeDBInstances", named), server.told.parameters["rds.force_ssl"]];
  await settle(primary, "RebootDBInstance", named);

  expect(before).toEqual(["pending-reboot", "1"]);
  expect(server.told.parameters["rds.force_ssl"]).toBe("0");
});

it("is incompatible-parameters when the server refuses its group, serves on as before, and is healed by a reset and a reboot", async () => {
  const given = await givenRds();
  const { settle, engine } = given;
  await settle(primary, "CreateDBParameterGroup", { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" });
  await settle(primary, "CreateDBInstance", { ...leastInstance, DBParameterGroupName: "pg" });
  const server = engine.server(given.rds.instances(primary)[0]?.resourceId ?? "");
  engine.fail("applyParameters", new Error("invalid value"));

  await settle(primary, "ModifyDBParameterGroup", {
    DBParameterGroupName: "pg",
    "Parameters.Parameter.1.ParameterName": "log_min_duration_statement",
    "Parameters.Parameter.1.ParameterValue": 5,
    "Parameters.Parameter.1.ApplyMethod": "immediate",
  });
  const refused = await statusOf(given);
  await settle(primary, "ResetDBParameterGroup", { DBParameterGroupName: "pg", ResetAllParameters: true });
  await settle(primary, "RebootDBInstance", named);

  expect(refused).toBe("incompatible-parameters");
  expect(await events(given)).toContain("The parameters could not be applied: invalid value");
  expect([await statusOf(given), server.told.parameters]).toEqual(["available", { "rds.force_ssl": "1" }]);
});

describe("deletion", () => {
  it("is refused while the instance is protected, and without a word about the final snapshot", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", { ...leastInstance, DeletionProtection: true });

    const protectedOne = await given.call(primary, "DeleteDBInstance", { ...named, SkipFinalSnapshot: true });
    await given.settle(primary, "ModifyDBInstance", { ...named, DeletionProtection: false });
    const unsaid = await given.call(primary, "DeleteDBInstance", named);
    const both = await given.call(primary, "DeleteDBInstance", { ...named, SkipFinalSnapshot: true, FinalDBSnapshotIdentifier: "last" });

    expect(protectedOne).toMatchObject({
      status: 400,
      code: "InvalidParameterCombination",
      message: "Cannot delete protected DB Instance, please disable deletion protection and try again.",
    });
    expect([unsaid.code, both.code]).toEqual(["InvalidParameterCombination", "InvalidParameterCombination"]);
    expect(await statusOf(given)).toBe("available");
  });

  it("takes the final snapshot, removes the server, and its backups last", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", leastInstance);

    await given.settle(primary, "DeleteDBInstance", { ...named, FinalDBSnapshotIdentifier: "last" });

    const order = given.engine.calls.map(({ call }) => call).filter((call) => ["takeSnapshot", "remove", "deleteChain"].includes(call));
    expect(order).toEqual(["takeSnapshot", "remove", "deleteChain"]);
    expect(await given.ask(primary, "Status", "DescribeDBSnapshots", { DBSnapshotIdentifier: "last" })).toBe("available");
    expect((await given.call(primary, "DescribeDBInstances", named)).code).toBe("DBInstanceNotFound");
    expect((await given.call(primary, "DescribeDBInstanceAutomatedBackups", named)).code).toBe("DBInstanceAutomatedBackupNotFound");
  });

  it("does not begin when the final snapshot fails: the instance serves on", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", leastInstance);
    given.engine.fail("takeSnapshot", new Error("the disk is full"));

    await given.settle(primary, "DeleteDBInstance", { ...named, FinalDBSnapshotIdentifier: "last" });

    expect(await statusOf(given)).toBe("available");
    expect(given.rds.instances(primary)[0]?.server?.running).toBe(true);
    expect(await given.ask(primary, "Status", "DescribeDBSnapshots", { DBSnapshotIdentifier: "last" })).toBe("failed");
  });

  it("keeps automated backups when it is told so, and those of the other region in any case", async () => {
    const given = await givenRds();
    const start = { SourceDBInstanceArn: arn };
    for (const DeleteAutomatedBackups of [false, true]) {
      await given.settle(primary, "CreateDBInstance", leastInstance);
      await given.settle(recovery, "StartDBInstanceAutomatedBackupsReplication", start);
      const [instance] = given.rds.instances(primary);
      await given.settle(primary, "DeleteDBInstance", { ...named, SkipFinalSnapshot: true, DeleteAutomatedBackups });
      const resource = { DbiResourceId: instance?.resourceId ?? "" };
      const own = await given.call(primary, "DescribeDBInstanceAutomatedBackups", resource);
      const replica = await given.call(recovery, "DescribeDBInstanceAutomatedBackups", resource);
      expect(own.code ?? elementOf(own.xml, "Status")).toBe(DeleteAutomatedBackups ? "DBInstanceAutomatedBackupNotFound" : "retained");
      expect([elementOf(replica.xml, "Status"), elementOf(replica.xml, "Region")]).toEqual(["retained", primary]);
    }
  });

  it("of an instance that is still being created waits for that", async () => {
    const given = await givenRds();
    const release = given.engine.hold("create");
    await given.call(primary, "CreateDBInstance", leastInstance);

    const { xml } = await given.call(primary, "DeleteDBInstance", { ...named, SkipFinalSnapshot: true });
    release();
    await given.rds.settled();

    expect(elementOf(xml, "DBInstanceStatus")).toBe("deleting");
    expect(given.engine.servers(primary)).toEqual([]);
    expect(await statusOf(given)).toBeUndefined();
  });
});
