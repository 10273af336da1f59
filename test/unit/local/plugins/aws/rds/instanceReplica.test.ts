import type { DBInstance } from "@aws-sdk/client-rds";
import { instance } from "../../../../../../local/plugins/aws/rds/instance";
import { instanceFailures } from "../../../../../../local/plugins/aws/rds/instanceInputs";
import type { Properties } from "../../../../../../local/plugins/protocol/resource";
import { answers, describing, id, replica, replicating, running, signal, sourceArn, unfinished } from "./database";
import { given, refusal, stubRds } from "./stub";

const made = async (): Promise<Properties> => {
  const rds = stubRds({ ...answers, DescribeDBInstances: describing(replicating) });
  return (await instance.create(rds.context, replica, signal)).outputs;
};

describe("a new replica", () => {
  test("takes its source and its own places, and nothing that the source brings", async () => {
    const rds = stubRds({
      ...answers,
      CreateDBInstanceReadReplica: () => ({ DBInstance: replicating }),
      DescribeDBInstances: describing(replicating),
    });

    const { outputs } = await instance.create(rds.context, replica, signal);

    expect(given(rds.inputsOf("CreateDBInstanceReadReplica")[0])).toEqual({
      DBInstanceIdentifier: "acme-postgres",
      SourceDBInstanceIdentifier: sourceArn,
      KmsKeyId: replica.kmsKeyId,
      AvailabilityZone: "eu-west-1b",
      DBInstanceClass: "db.m6g.large",
      DBSubnetGroupName: "acme-postgres",
      VpcSecurityGroupIds: ["sg-1"],
      AutoMinorVersionUpgrade: true,
      CopyTagsToSnapshot: false,
      DeletionProtection: false,
      PubliclyAccessible: false,
    });
    expect(rds.inputsOf("ModifyDBInstance")).toEqual([]);
    expect(outputs).toMatchObject({ replicateSourceDb: sourceArn, username: "acme", dbName: "acme", availabilityZone: "eu-west-1b" });
  });

  test("gets the group and windows that the call does not take afterwards, with a restart for the group", async () => {
    const withDefault = { ...replicating, DBParameterGroups: [{ DBParameterGroupName: "default.postgres15" }] };
    const rds = stubRds({
      ...answers,
      CreateDBInstanceReadReplica: () => ({ DBInstance: withDefault }),
      DescribeDBInstances: describing(replicating),
    });

    await instance.create(rds.context, { ...replica, backupWindow: "01:00-01:30", maxAllocatedStorage: 100 }, signal);

    expect(rds.inputsOf("ModifyDBInstance").map(given)).toEqual([
      {
        DBInstanceIdentifier: "acme-postgres",
        DBParameterGroupName: "acme-postgres",
        PreferredBackupWindow: "01:00-01:30",
        MaxAllocatedStorage: 100,
        ApplyImmediately: true,
      },
    ]);
    expect(rds.inputsOf("RebootDBInstance").map(given)).toEqual([{ DBInstanceIdentifier: "acme-postgres" }]);
  });

  test.each(["engine", "engineVersion", "username", "dbName", "snapshotIdentifier"])("cannot be given %s", (property) => {
    expect(instanceFailures({ ...replica, [property]: "x" })).toEqual([{ property, reason: "cannot stand beside replicateSourceDb" }]);
    expect(instanceFailures({ ...replica, replicateSourceDb: "", [property]: "x" })).toEqual([]);
  });
});

describe("a replica whose program", () => {
  const update = async (news: Properties, found: readonly DBInstance[] = [replicating, running]) => {
    const rds = stubRds({ ...answers, DescribeDBInstances: describing(...found) });
    const outputs = await instance.update?.(rds.context, id, await made(), news, signal);
    return { rds, outputs };
  };
  const { replicateSourceDb: _source, ...released } = replica;

  test.each([
    ["names no source any more", released, undefined],
    ["names an empty one", { ...released, replicateSourceDb: "" }, ""],
  ])("%s is promoted first and changed then", async (_, news, told) => {
    const { rds, outputs } = await update({ ...news, backupRetentionPeriod: 7, backupWindow: "01:00-01:30", password: "battery-staple" });

    const calls = rds.sent.map(({ command }) => command).filter((command) => !command.startsWith("Describe"));
    expect(calls).toEqual(["PromoteReadReplica", "ModifyDBInstance"]);
    expect(rds.inputsOf("PromoteReadReplica")).toEqual([
      { DBInstanceIdentifier: "acme-postgres", BackupRetentionPeriod: 7, PreferredBackupWindow: "01:00-01:30" },
    ]);
    expect(rds.inputsOf("ModifyDBInstance")).toMatchObject([{ MasterUserPassword: "battery-staple", BackupRetentionPeriod: 7 }]);
    expect(outputs?.replicateSourceDb).toBe(told);
  });

  test("says nothing of backups keeps what the replica had", async () => {
    const { rds } = await update(released);

    expect(rds.inputsOf("PromoteReadReplica").map(given)).toEqual([{ DBInstanceIdentifier: "acme-postgres", BackupRetentionPeriod: 0 }]);
  });

  test("names another source is refused before any change", async () => {
    await expect(update({ ...replica, replicateSourceDb: `${sourceArn}-2` })).rejects.toThrow(
      /acme-postgres cannot become a replica of another source.*acme-postgres-2 instead of arn.*Hint: Make a new instance/,
    );
  });

  test("keeps its source is changed as any other", async () => {
    const { rds } = await update({ ...replica, multiAz: true }, [replicating]);

    expect(rds.inputsOf("PromoteReadReplica")).toEqual([]);
    expect(rds.inputsOf("ModifyDBInstance").map(given)).toEqual([
      { DBInstanceIdentifier: "acme-postgres", MultiAZ: true, ApplyImmediately: true },
    ]);
  });

  test("asks for what is refused after the promotion is unfinished, and the next update does not promote again", async () => {
    const news = { ...released, deletionProtection: true };
    const failing = stubRds({
      ...answers,
      DescribeDBInstances: describing(replicating, running),
      ModifyDBInstance: () => {
        throw refusal("InvalidDBInstanceStateFault", "not in available state");
      },
    });
    const updating = instance.update?.(failing.context, id, await made(), news, signal) ?? Promise.resolve();
    const { created } = await unfinished(updating);

    const next = stubRds({ ...answers, DescribeDBInstances: describing(running) });
    await instance.update?.(next.context, id, created.outputs, news, signal);

    expect(next.inputsOf("PromoteReadReplica")).toEqual([]);
    expect(next.inputsOf("ModifyDBInstance")).toMatchObject([{ DeletionProtection: true }]);
  });
});

describe("a refresh", () => {
  const read = (found: DBInstance, state: Properties) =>
    instance.read(stubRds({ DescribeDBInstances: () => ({ DBInstances: [found] }) }).context, id, state);

  test("of a replica shows its source, by the ARN that the program wrote", async () => {
    const near = { ...replicating, ReadReplicaSourceDBInstanceIdentifier: "acme-postgres" };

    const [same, short] = [await read(replicating, replica), await read(near, replica)];

    expect([same?.inputs.replicateSourceDb, short?.inputs.replicateSourceDb]).toEqual([sourceArn, sourceArn]);
    expect((await read(near, { ...replica, replicateSourceDb: "another" }))?.inputs.replicateSourceDb).toBe("acme-postgres");
  });

  test("shows that a replica was promoted, and no source of what never had one", async () => {
    const promoted = await read(running, replica);
    const { replicateSourceDb: _source, ...never } = replica;
    const ordinary = await read(running, never);

    expect([promoted?.inputs.replicateSourceDb, promoted?.outputs.replicateSourceDb]).toEqual(["", ""]);
    expect([ordinary?.inputs.replicateSourceDb, ordinary?.outputs.replicateSourceDb]).toEqual([undefined, undefined]);
  });
});

test("a new name is told to RDS, and tags go to the instance under its new ARN", async () => {
  const renamed = { ...running, DBInstanceIdentifier: "acme-next", DBInstanceArn: "arn:aws:rds:eu-west-1:000000000000:db:acme-next" };
  const first = stubRds(answers);
  const { outputs } = await instance.create(
    first.context,
    { ...replica, replicateSourceDb: "", engine: "postgres", username: "acme", allocatedStorage: 20 },
    signal,
  );
  const rds = stubRds({ ...answers, DescribeDBInstances: describing(running, renamed), AddTagsToResource: () => ({}) });

  await instance.update?.(rds.context, id, outputs, { ...outputs, identifier: "acme-next", tags: { owner: "test" } }, signal);

  expect(rds.inputsOf("ModifyDBInstance")).toMatchObject([{ DBInstanceIdentifier: "acme-postgres", NewDBInstanceIdentifier: "acme-next" }]);
  expect(rds.inputsOf("AddTagsToResource")).toMatchObject([{ ResourceName: renamed.DBInstanceArn }]);
});
