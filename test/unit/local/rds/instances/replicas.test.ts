import { elementOf, givenRds, keyOf, leastInstance, primary, recovery } from "../givenRds";
import { eventsOf, givenReplica, replica, replicaArn, replicationOf, source, sourceArn } from "../givenReplica";

const creating = "CreateDBInstanceReadReplica";

describe("a read replica", () => {
  it("is creating, then available and replicating, with the defaults of RDS", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", {
      ...leastInstance,
      DBName: "app",
      MultiAZ: true,
      StorageEncrypted: true,
      KmsKeyId: keyOf(primary),
      StorageType: "io1",
      AllocatedStorage: 100,
      Iops: 3000,
      DeletionProtection: true,
    });

    const asked = { ...replica, SourceDBInstanceIdentifier: sourceArn, KmsKeyId: keyOf(recovery) };
    const { xml } = await given.settle(recovery, creating, asked);

    expect(elementOf(xml, "DBInstanceStatus")).toBe("creating");
    expect(xml).not.toContain("<StatusInfos>");
    const described = (await given.call(recovery, "DescribeDBInstances", replica)).xml;
    const values = Object.fromEntries(
      ["DBInstanceStatus", "ReadReplicaSourceDBInstanceIdentifier", "DBInstanceClass", "AllocatedStorage", "StorageType", "MultiAZ"]
        .concat(["BackupRetentionPeriod", "KmsKeyId", "DeletionProtection", "MasterUsername", "DBName", "DBSubnetGroupName"])
        .map((name) => [name, elementOf(described, name)]),
    );
    expect(values).toEqual({
      DBInstanceStatus: "available",
      ReadReplicaSourceDBInstanceIdentifier: sourceArn,
      DBInstanceClass: leastInstance.DBInstanceClass,
      AllocatedStorage: "100",
      StorageType: "gp3",
      MultiAZ: "false",
      BackupRetentionPeriod: "0",
      KmsKeyId: keyOf(recovery),
      DeletionProtection: "false",
      MasterUsername: "lifeboat",
      DBName: "app",
      DBSubnetGroupName: "default",
    });
    expect(described).toContain("<StatusType>read replication</StatusType><Normal>true</Normal><Status>replicating</Status>");
    expect(await eventsOf(given, recovery, "replica")).toEqual(["DB instance created", "Replication for the Read Replica resumed"]);
  });

  it("is told to its engine with its source, its zone and its lag, and makes no backups", async () => {
    const { engine, ids, rds } = await givenReplica();

    const details = engine.calls.find(({ call }) => call === "createReplica")?.details;

    expect(details).toMatchObject({
      region: recovery,
      zone: "zone-a",
      standbyZone: undefined,
      archiving: undefined,
      source: { region: primary, resourceId: ids.source },
      lagSeconds: 1,
    });
    expect(engine.chain({ region: recovery, resourceId: ids.replica })).toBeUndefined();
    expect(rds.instances(recovery)).toMatchObject([{ replicaOf: { arn: sourceArn } }]);
  });

  it("is known to its source: by ARN in another region, by name in its own", async () => {
    const given = await givenReplica();
    await given.settle(primary, creating, { DBInstanceIdentifier: "near", SourceDBInstanceIdentifier: "db1" });

    const { xml } = await given.call(primary, "DescribeDBInstances", source);
    const near = await given.ask(primary, "ReadReplicaSourceDBInstanceIdentifier", "DescribeDBInstances", { DBInstanceIdentifier: "near" });

    const names = [...xml.matchAll(/<ReadReplicaDBInstanceIdentifier>([^<]*)</g)].map(([, name]) => name);
    expect(names).toEqual(["near", replicaArn]);
    expect(near).toBe("db1");
  });

  it("says that it does not replicate while a region is cut off, and that it does again afterwards", async () => {
    const given = await givenReplica();

    given.rds.suspend(primary);
    const cut = await replicationOf(given);
    given.rds.resume(primary);

    expect([cut, await replicationOf(given)]).toEqual(["false error", "true replicating"]);
    expect((await eventsOf(given, recovery, "replica")).slice(2)).toEqual([
      "Replication has stopped.",
      "Replication for the Read Replica resumed",
    ]);
  });

  it("runs on when its source's region is lost with everything in it", async () => {
    const given = await givenReplica();
    given.rds.suspend(primary);

    await given.rds.loseRegion(primary);

    expect(await replicationOf(given)).toBe("false error");
    expect(given.rds.instances(recovery)).toMatchObject([{ status: "available", server: { running: true } }]);
    const { xml } = await given.call(recovery, "DescribeDBInstances", replica);
    expect(elementOf(xml, "ReadReplicaSourceDBInstanceIdentifier")).toBe(sourceArn);
  });

  it("has its replication terminated when its source in another region is deleted, and becomes an instance in its source's own", async () => {
    const given = await givenReplica();
    await given.settle(primary, creating, { DBInstanceIdentifier: "near", SourceDBInstanceIdentifier: "db1" });

    await given.settle(primary, "DeleteDBInstance", { ...source, SkipFinalSnapshot: true });

    const near = (await given.call(primary, "DescribeDBInstances", { DBInstanceIdentifier: "near" })).xml;
    expect(await replicationOf(given)).toBe("false terminated");
    expect(elementOf(near, "ReadReplicaSourceDBInstanceIdentifier")).toBeUndefined();
    expect([elementOf(near, "DBInstanceStatus"), elementOf(near, "BackupRetentionPeriod")]).toEqual(["available", "0"]);
    expect((await eventsOf(given, recovery, "replica")).at(-1)).toBe("Replication streaming has been terminated.");
  });

  it("that the engine cannot make is failed, and is deleted without a final snapshot", async () => {
    const given = await givenRds();
    await given.settle(primary, "CreateDBInstance", leastInstance);
    given.engine.fail("createReplica", new Error("the source does not answer"));

    await given.settle(recovery, creating, { ...replica, SourceDBInstanceIdentifier: sourceArn });
    const status = given.rds.instances(recovery)[0]?.status;
    await given.settle(recovery, "DeleteDBInstance", { ...replica, SkipFinalSnapshot: true });

    expect(status).toBe("failed");
    expect(given.rds.instances(recovery)).toEqual([]);
  });
});

describe("a read replica is refused", () => {
  it.each([
    ["without a source", { ...replica }, "MissingParameter", "SourceDBInstanceIdentifier"],
    ["of nobody", { ...replica, SourceDBInstanceIdentifier: `${sourceArn}x` }, "DBInstanceNotFound", "db1x"],
    [
      "unencrypted, of an encrypted source in another region",
      { ...replica, SourceDBInstanceIdentifier: sourceArn },
      "InvalidParameterCombination",
      "Cannot create a cross region unencrypted read replica from encrypted source.",
    ],
    [
      "with another region's key",
      { ...replica, SourceDBInstanceIdentifier: sourceArn, KmsKeyId: keyOf(primary) },
      "KMSKeyNotAccessibleFault",
      "kms:us-east-1",
    ],
    [
      "with a parameter group, which PostgreSQL's take later only",
      { ...replica, SourceDBInstanceIdentifier: sourceArn, KmsKeyId: keyOf(recovery), DBParameterGroupName: "default.postgres15" },
      "InvalidParameterCombination",
      "DBParameterGroupName",
    ],
    [
      "with a retention",
      { ...replica, SourceDBInstanceIdentifier: sourceArn, BackupRetentionPeriod: 7 },
      "ValidationError",
      "BackupRetentionPeriod",
    ],
    ["under a name that is taken", { DBInstanceIdentifier: "taken", SourceDBInstanceIdentifier: sourceArn }, "DBInstanceAlreadyExists", ""],
  ])("%s", async (_, parameters, code, message) => {
    const given = await givenReplica();
    await given.settle(recovery, "DeleteDBInstance", { ...replica, SkipFinalSnapshot: true });
    await given.settle(recovery, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "taken" });

    const answer = await given.call(recovery, creating, parameters);

    expect(answer).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(given.rds.instances(recovery).map(({ identifier }) => identifier)).toEqual(["taken"]);
  });

  it("encrypted, of a source that is not", async () => {
    const { settle, call } = await givenRds();
    await settle(primary, "CreateDBInstance", leastInstance);

    const answer = await call(recovery, creating, { ...replica, SourceDBInstanceIdentifier: sourceArn, KmsKeyId: keyOf(recovery) });

    expect(answer).toMatchObject({ code: "InvalidParameterCombination", message: expect.stringContaining("unencrypted source") });
  });

  it("of a source without backups, or of a replica", async () => {
    const { settle, call } = await givenRds();
    await settle(primary, "CreateDBInstance", { ...leastInstance, BackupRetentionPeriod: 0 });
    const withoutBackups = await call(recovery, creating, { ...replica, SourceDBInstanceIdentifier: sourceArn });
    await settle(primary, "ModifyDBInstance", { ...source, BackupRetentionPeriod: 1, ApplyImmediately: true });
    await settle(recovery, creating, { ...replica, SourceDBInstanceIdentifier: sourceArn });
    const cascading = await call(recovery, creating, { DBInstanceIdentifier: "next", SourceDBInstanceIdentifier: "replica" });

    expect(withoutBackups).toMatchObject({
      code: "InvalidDBInstanceState",
      message: expect.stringContaining("Automated backups are not enabled for this database instance."),
    });
    expect(cascading).toMatchObject({ code: "ValidationError", message: expect.stringContaining("A read replica of a read replica") });
  });

  it("while its source's region is cut off", async () => {
    const given = await givenReplica();
    given.rds.suspend(primary);

    const answer = await given.call(recovery, creating, { DBInstanceIdentifier: "next", SourceDBInstanceIdentifier: sourceArn });

    expect([answer.status, answer.code]).toEqual([503, "ServiceUnavailable"]);
  });
});

describe("of a replica and its source RDS refuses", () => {
  it("another master password, a final snapshot, and a source without backups", async () => {
    const { call } = await givenReplica();

    const password = await call(recovery, "ModifyDBInstance", { ...replica, MasterUserPassword: "another-secret" });
    const snapshot = await call(recovery, "DeleteDBInstance", { ...replica, FinalDBSnapshotIdentifier: "last" });
    const retention = await call(primary, "ModifyDBInstance", { ...source, BackupRetentionPeriod: 0, ApplyImmediately: true });

    expect(password.message).toBe(
      "Cannot change master user password on an RDS postgres Read Replica because it uses physical replication and therefore cannot differ from its parent.",
    );
    expect(snapshot.message).toBe("FinalDBSnapshotIdentifier can not be specified when deleting a replica instance");
    expect([password, snapshot, retention].map(({ code }) => code)).toEqual(Array(3).fill("InvalidParameterCombination"));
  });

  it("by name, what no engine here carries out: a standby of a replica, and the replication of its backups", async () => {
    const { call, settle } = await givenReplica();
    await settle(recovery, "ModifyDBInstance", { ...replica, BackupRetentionPeriod: 5, ApplyImmediately: true });

    const next = { DBInstanceIdentifier: "next", SourceDBInstanceIdentifier: sourceArn, KmsKeyId: keyOf(recovery) };
    const made = await call(recovery, creating, { ...next, MultiAZ: true });
    const changed = await call(recovery, "ModifyDBInstance", { ...replica, MultiAZ: true, ApplyImmediately: true });
    const replicated = await call(primary, "StartDBInstanceAutomatedBackupsReplication", {
      SourceDBInstanceArn: replicaArn,
      KmsKeyId: keyOf(primary),
    });

    expect([made, changed, replicated].map(({ status }) => status)).toEqual([400, 400, 400]);
    expect([made.message, changed.message, replicated.message]).toEqual([
      expect.stringMatching(/^MultiAZ: only false is implemented/),
      expect.stringMatching(/^A standby of a read replica is not implemented/),
      expect.stringMatching(/^The replication of a read replica's automated backups is not implemented/),
    ]);
  });

  it("nothing of a replica's retention: it is recorded, and no backup is made", async () => {
    const { settle, ask, engine, ids } = await givenReplica();

    await settle(recovery, "ModifyDBInstance", { ...replica, BackupRetentionPeriod: 5, ApplyImmediately: true });

    expect(await ask(recovery, "BackupRetentionPeriod", "DescribeDBInstances", replica)).toBe("5");
    expect(engine.server(ids.replica).told.archiving?.retentionDays).toBe(5);
    expect(engine.calls.filter(({ call, details }) => call === "takeBaseBackup" && JSON.stringify(details).includes(ids.replica))).toEqual(
      [],
    );
    expect(await ask(recovery, "DBInstanceAutomatedBackupsArn", "DescribeDBInstanceAutomatedBackups")).toBeUndefined();
  });
});
