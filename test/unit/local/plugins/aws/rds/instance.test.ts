import { instance } from "../../../../../../local/plugins/aws/rds/instance";
import { answers, backups, describing, fresh, id, inputs, restored, running, signal, unfinished } from "./database";
import { given, stubRds } from "./stub";

describe("a new instance", () => {
  test("takes everything in its one call, and tells where it listens", async () => {
    const rds = stubRds(answers);

    const { id: made, outputs } = await instance.create(rds.context, fresh, signal);

    expect(made).toBe(id);
    expect(rds.sent.map(({ command }) => command)).toEqual(["CreateDBInstance", "DescribeDBInstances", "DescribeDBInstances"]);
    expect(given(rds.inputsOf("CreateDBInstance")[0])).toEqual({
      DBInstanceIdentifier: "acme-postgres",
      DBInstanceClass: "db.m6g.large",
      AllocatedStorage: 20,
      AutoMinorVersionUpgrade: true,
      BackupRetentionPeriod: 7,
      CopyTagsToSnapshot: false,
      DBName: "acme",
      DBParameterGroupName: "acme-postgres",
      DBSubnetGroupName: "acme-postgres",
      DeletionProtection: false,
      Engine: "postgres",
      EngineVersion: "15",
      MasterUsername: "acme",
      MasterUserPassword: "hunter2",
      PubliclyAccessible: false,
      StorageEncrypted: true,
      VpcSecurityGroupIds: ["sg-1"],
    });
    expect(outputs).toMatchObject({
      address: "127.0.0.1",
      port: 5433,
      endpoint: "127.0.0.1:5433",
      resourceId: id,
      engineVersion: "15",
      engineVersionActual: "15.9",
      latestRestorableTime: "2026-01-31T12:00:00Z",
      kmsKeyId: "arn:aws:kms:eu-west-1:000000000000:key/1",
      status: "available",
    });
  });

  test("that lacks what only a restore brings along is refused before any call", async () => {
    const rds = stubRds(answers);
    const { username: _username, allocatedStorage: _allocated, ...rest } = fresh;

    await expect(instance.create(rds.context, rest, signal)).rejects.toThrow(/acme-postgres lacks allocatedStorage, username/);
    expect(rds.sent).toEqual([]);
  });

  test("that fails afterwards is kept unfinished, with its status and its last events", async () => {
    const rds = stubRds({
      ...answers,
      DescribeDBInstances: describing({ ...running, DBInstanceStatus: "incompatible-parameters" }),
      DescribeEvents: () => ({ Events: [{ Date: new Date("2026-01-31T12:00:00Z"), Message: "max_connections is out of range" }] }),
    });

    const { created, reason } = await unfinished(instance.create(rds.context, fresh, signal));

    expect(created).toEqual({ id, outputs: fresh });
    expect(reason).toMatch(
      /acme-postgres does not become available.*status incompatible-parameters.*12:00:00.*max_connections is out of range/,
    );
  });

  test("that the engine stops waiting for says where it was", async () => {
    const rds = stubRds({ ...answers, DescribeDBInstances: describing({ ...running, DBInstanceStatus: "creating" }) });
    const stop = AbortSignal.abort(new Error("not ready within its timeout of 60 s"));

    const { reason } = await unfinished(instance.create(rds.context, fresh, stop));

    expect(reason).toMatch(/not ready within its timeout of 60 s.*status creating/);
  });
});

describe("a restore to a time", () => {
  test("names source and time, and then sets the password alone, as the official plugin does", async () => {
    const rds = stubRds(answers);

    const { outputs } = await instance.create(rds.context, restored, signal);

    expect(given(rds.inputsOf("RestoreDBInstanceToPointInTime")[0])).toEqual({
      TargetDBInstanceIdentifier: "acme-postgres",
      SourceDBInstanceAutomatedBackupsArn: backups,
      RestoreTime: new Date("2026-01-31T12:00:00Z"),
      DBInstanceClass: "db.m6g.large",
      AutoMinorVersionUpgrade: true,
      CopyTagsToSnapshot: false,
      DBParameterGroupName: "acme-postgres",
      DBSubnetGroupName: "acme-postgres",
      DeletionProtection: false,
      Engine: "postgres",
      PubliclyAccessible: false,
      VpcSecurityGroupIds: ["sg-1"],
    });
    expect(rds.inputsOf("ModifyDBInstance").map(given)).toEqual([
      { DBInstanceIdentifier: "acme-postgres", MasterUserPassword: "hunter2", ApplyImmediately: true },
    ]);
    expect(outputs).toMatchObject({ restoreToPointInTime: restored.restoreToPointInTime, username: "acme", dbName: "acme" });
  });

  test("without a source is refused before any call", async () => {
    const rds = stubRds(answers);
    const inputsWithout = { ...inputs, restoreToPointInTime: { useLatestRestorableTime: true } };

    await expect(instance.create(rds.context, inputsWithout, signal)).rejects.toThrow(
      /acme-postgres has none of sourceDbInstanceAutomatedBackupsArn/,
    );
    expect(rds.sent).toEqual([]);
  });

  test("that keeps its source's settings against the program's is unfinished, and the next update changes them", async () => {
    const asked = { ...restored, backupRetentionPeriod: 14 };
    const first = stubRds(answers);

    const { created, reason } = await unfinished(instance.create(first.context, asked, signal));
    expect(reason).toMatch(/backupRetentionPeriod 7 instead of 14.*Hint: Give what the source has, or leave it out/);

    const next = stubRds({ ...answers, DescribeDBInstances: describing(running, running, { ...running, BackupRetentionPeriod: 14 }) });
    const outputs = await instance.update?.(next.context, id, created.outputs, asked, signal);

    expect(next.inputsOf("ModifyDBInstance").map(given)).toEqual([
      { DBInstanceIdentifier: "acme-postgres", BackupRetentionPeriod: 14, MasterUserPassword: "hunter2", ApplyImmediately: true },
    ]);
    expect(outputs).toMatchObject({ backupRetentionPeriod: 14, resourceId: id });
  });

  test("of an encrypted source into an instance that is asked to be plain stays unfinished: no update changes that", async () => {
    const asked = { ...restored, storageEncrypted: false };
    const rds = stubRds(answers);

    const { created } = await unfinished(instance.create(rds.context, asked, signal));
    const updating = instance.update?.(rds.context, id, created.outputs, asked, signal) ?? Promise.resolve();

    expect((await unfinished(updating)).reason).toMatch(/storageEncrypted true instead of false/);
  });
});

test("a restore of a snapshot sets afterwards what its call does not take", async () => {
  const rds = stubRds(answers);

  await instance.create(rds.context, { ...inputs, snapshotIdentifier: "before", backupRetentionPeriod: 7, allocatedStorage: 20 }, signal);

  expect(given(rds.inputsOf("RestoreDBInstanceFromDBSnapshot")[0])).toMatchObject({ DBSnapshotIdentifier: "before" });
  expect(rds.inputsOf("ModifyDBInstance").map(given)).toEqual([
    {
      DBInstanceIdentifier: "acme-postgres",
      AllocatedStorage: 20,
      BackupRetentionPeriod: 7,
      EngineVersion: "15",
      MasterUserPassword: "hunter2",
      ApplyImmediately: true,
    },
  ]);
});
