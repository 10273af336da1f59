import { account, elementOf, givenRds, leastInstance, primary, recovery } from "../givenRds";
import { eventsOf, givenReplica, replica, source, sourceArn } from "../givenReplica";

const renamed = { DBInstanceIdentifier: "db2" };
const renamedArn = `arn:aws:rds:${primary}:${account}:db:db2`;
const rename = { ...source, NewDBInstanceIdentifier: "DB2", ApplyImmediately: true };

it("changes name and ARN; resource id, server, tags and backups stay, and the old name is free", async () => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", { ...leastInstance, "Tags.Tag.1.Key": "k", "Tags.Tag.1.Value": "v" });
  await given.settle(recovery, "StartDBInstanceAutomatedBackupsReplication", { SourceDBInstanceArn: sourceArn });
  const [before] = given.rds.instances(primary);

  await given.settle(primary, "ModifyDBInstance", rename);
  const [after] = given.rds.instances(primary);
  await given.settle(primary, "CreateDBInstance", leastInstance);

  expect(after).toEqual({ ...before, identifier: "db2", arn: renamedArn });
  expect(given.engine.server(before?.resourceId ?? "").told.restarts).toBe(1);
  expect(await given.ask(primary, "Value", "ListTagsForResource", { ResourceName: renamedArn })).toBe("v");
  const own = (await given.call(primary, "DescribeDBInstanceAutomatedBackups", renamed)).xml;
  const copied = (await given.call(recovery, "DescribeDBInstanceAutomatedBackups", renamed)).xml;
  for (const xml of [own, copied])
    expect([elementOf(xml, "DbiResourceId"), elementOf(xml, "DBInstanceArn")]).toEqual([before?.resourceId, renamedArn]);
  expect(elementOf(copied, "Status")).toBe("replicating");
  expect(given.rds.instances(primary).map(({ identifier }) => identifier)).toEqual(["db2", "db1"]);
});

it("keeps its replicas, which name it anew", async () => {
  const { settle, ask, call } = await givenReplica();

  await settle(primary, "ModifyDBInstance", rename);

  expect(await ask(recovery, "ReadReplicaSourceDBInstanceIdentifier", "DescribeDBInstances", replica)).toBe(renamedArn);
  expect((await call(primary, "DescribeDBInstances", renamed)).xml).toContain(":db:replica</ReadReplicaDBInstanceIdentifier>");
});

it("waits for a call that applies it at once, like any change with an outage", async () => {
  const { settle, call, ask } = await givenReplica();

  await settle(primary, "ModifyDBInstance", { ...rename, ApplyImmediately: false });
  const waiting = (await call(primary, "DescribeDBInstances", source)).xml;
  await settle(primary, "ModifyDBInstance", { ...source, CopyTagsToSnapshot: true, ApplyImmediately: true });

  expect(waiting).toContain("<PendingModifiedValues><DBInstanceIdentifier>db2</DBInstanceIdentifier></PendingModifiedValues>");
  expect(await ask(primary, "DBInstanceStatus", "DescribeDBInstances", renamed)).toBe("available");
});

it("is refused for a name that is taken, and leaves the instance as it was when the name is taken meanwhile", async () => {
  const given = await givenRds();
  await given.settle(primary, "CreateDBInstance", leastInstance);
  await given.settle(primary, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "db3" });
  const taken = await given.call(primary, "ModifyDBInstance", { ...rename, NewDBInstanceIdentifier: "db3" });
  const release = given.engine.hold("setMasterPassword");

  await given.call(primary, "ModifyDBInstance", { ...rename, MasterUserPassword: "another-secret" });
  await given.call(primary, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "db2" });
  release();
  await given.rds.settled();

  expect(taken.code).toBe("DBInstanceAlreadyExists");
  expect(given.rds.instances(primary).map(({ identifier, status }) => `${identifier} ${status}`)).toEqual([
    "db1 available",
    "db3 available",
    "db2 available",
  ]);
  expect(await eventsOf(given, primary, "db1")).toContain("The change failed: DB instance already exists");
});
