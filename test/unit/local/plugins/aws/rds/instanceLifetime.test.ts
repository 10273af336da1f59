import type { DBInstance } from "@aws-sdk/client-rds";
import { instance } from "../../../../../../local/plugins/aws/rds/instance";
import type { Properties } from "../../../../../../local/plugins/protocol/resource";
import { answers, describing, fresh, id, running, signal } from "./database";
import { type Answers, given, refusal, stubRds } from "./stub";

describe("an update", () => {
  const made = async (): Promise<Properties> => (await instance.create(stubRds(answers).context, fresh, signal)).outputs;
  const update = async (news: Properties, found: DBInstance = running) => {
    const rds = stubRds({ ...answers, DescribeDBInstances: describing(found), AddTagsToResource: () => ({}) });
    await instance.update?.(rds.context, id, await made(), news, signal);
    return rds;
  };

  test("sends what changed and nothing else", async () => {
    const rds = await update({ ...fresh, multiAz: true, vpcSecurityGroupIds: ["sg-2"] });

    expect(rds.inputsOf("ModifyDBInstance").map(given)).toEqual([
      { DBInstanceIdentifier: "acme-postgres", MultiAZ: true, VpcSecurityGroupIds: ["sg-2"], ApplyImmediately: true },
    ]);
  });

  test("of what RDS is not told of makes no call, and what the program leaves to AWS stays as it is", async () => {
    const { backupRetentionPeriod: _days, password: _password, ...rest } = fresh;

    const rds = await update({ ...rest, skipFinalSnapshot: false, finalSnapshotIdentifier: "last", deleteAutomatedBackups: false });

    expect(rds.inputsOf("ModifyDBInstance")).toEqual([]);
  });

  test("takes log exports up and away by difference", async () => {
    const rds = await update({ ...fresh, enabledCloudwatchLogsExports: ["postgresql"] });

    expect(rds.inputsOf("ModifyDBInstance")).toMatchObject([
      { CloudwatchLogsExportConfiguration: { EnableLogTypes: ["postgresql"], DisableLogTypes: [] } },
    ]);
  });

  test("waits for what RDS accepted and has not applied yet", async () => {
    const applying = { ...running, PendingModifiedValues: { MasterUserPassword: "****" } };
    const rds = stubRds({ ...answers, DescribeDBInstances: describing(running, applying, running) });

    await instance.update?.(rds.context, id, await made(), { ...fresh, password: "hunter3" }, signal);

    // Before the change, while it is applied, when it is, and the outputs.
    expect(rds.inputsOf("DescribeDBInstances")).toHaveLength(4);
  });

  test("that may wait for the maintenance window is not waited for", async () => {
    const pending = { ...running, PendingModifiedValues: { DBInstanceClass: "db.m6g.xlarge" } };

    const rds = await update({ ...fresh, applyImmediately: false, instanceClass: "db.m6g.xlarge" }, pending);

    expect(rds.inputsOf("ModifyDBInstance").map(given)).toEqual([
      { DBInstanceIdentifier: "acme-postgres", DBInstanceClass: "db.m6g.xlarge", ApplyImmediately: false },
    ]);
  });

  test("of tags alone is made by tags", async () => {
    const rds = await update({ ...fresh, tags: { owner: "test" } });

    expect(rds.inputsOf("AddTagsToResource")).toMatchObject([
      { ResourceName: running.DBInstanceArn, Tags: [{ Key: "owner", Value: "test" }] },
    ]);
    expect(rds.inputsOf("ModifyDBInstance")).toEqual([]);
  });
});

describe("a deletion", () => {
  const deleting = (deletion: Answers["x"]): Answers => {
    let gone = false;
    return {
      ...answers,
      DescribeDBInstances: () => ({ DBInstances: gone ? [] : [running] }),
      DeleteDBInstance: (input) => {
        const answer = deletion?.(input) ?? {};
        gone = true;
        return answer;
      },
    };
  };
  const accepted = () => ({});

  test("takes the final snapshot and keeps the automated backups that the program says", async () => {
    const rds = stubRds(deleting(accepted));
    const state = { ...fresh, skipFinalSnapshot: false, finalSnapshotIdentifier: "acme-final", deleteAutomatedBackups: false };

    await instance.delete(rds.context, id, state);

    expect(rds.inputsOf("DeleteDBInstance").map(given)).toEqual([
      {
        DBInstanceIdentifier: "acme-postgres",
        DeleteAutomatedBackups: false,
        SkipFinalSnapshot: false,
        FinalDBSnapshotIdentifier: "acme-final",
      },
    ]);
  });

  test("that would take no snapshot without being told so is refused, and nothing is deleted", async () => {
    const rds = stubRds(deleting(accepted));

    await expect(instance.delete(rds.context, id, { ...fresh, skipFinalSnapshot: false })).rejects.toThrow(
      /no finalSnapshotIdentifier.*Allowed: finalSnapshotIdentifier, or skipFinalSnapshot true/,
    );
    expect(rds.inputsOf("DeleteDBInstance")).toEqual([]);
  });

  const protectedOnce = (): Answers["x"] => {
    let refused = false;
    return () => {
      if (refused) return {};
      refused = true;
      throw refusal(
        "InvalidParameterCombination",
        "Cannot delete protected DB Instance, please disable deletion protection and try again.",
      );
    };
  };

  test("of a protected instance fails", async () => {
    const rds = stubRds(deleting(protectedOnce()));

    await expect(instance.delete(rds.context, id, { ...fresh, deletionProtection: true })).rejects.toThrow(/disable deletion protection/);
    expect(rds.inputsOf("ModifyDBInstance")).toEqual([]);
  });

  test("of an instance whose protection only its own state has lost takes it away first", async () => {
    const rds = stubRds(deleting(protectedOnce()));

    await instance.delete(rds.context, id, fresh);

    expect(rds.inputsOf("ModifyDBInstance").map(given)).toEqual([
      { DBInstanceIdentifier: "acme-postgres", DeletionProtection: false, ApplyImmediately: true },
    ]);
  });

  test("of what is gone already makes no call", async () => {
    const rds = stubRds({
      DescribeDBInstances: () => {
        throw refusal("DBInstanceNotFoundFault", "DBInstance not found");
      },
    });

    await instance.delete(rds.context, id, fresh);

    expect(rds.inputsOf("DeleteDBInstance")).toEqual([]);
  });
});

describe("a refresh", () => {
  const read = (found: DBInstance, state: Properties) =>
    instance.read(stubRds({ DescribeDBInstances: () => ({ DBInstances: [found] }) }).context, id, state);

  test("shows no drift for a version prefix, for spelling, and for storage that grew by itself", async () => {
    const state = { ...fresh, maxAllocatedStorage: 100, maintenanceWindow: "Mon:03:00-Mon:04:00" };
    const found = { ...running, AllocatedStorage: 40, MaxAllocatedStorage: 100, PreferredMaintenanceWindow: "mon:03:00-mon:04:00" };

    expect((await read(found, state))?.inputs).toMatchObject({
      engineVersion: "15",
      allocatedStorage: 20,
      maintenanceWindow: "Mon:03:00-Mon:04:00",
      password: "hunter2",
      skipFinalSnapshot: true,
    });
  });

  test("shows another version, class or protection", async () => {
    const found = { ...running, EngineVersion: "16.1", DBInstanceClass: "db.t4g.micro", DeletionProtection: true };

    expect((await read(found, fresh))?.inputs).toMatchObject({
      engineVersion: "16.1",
      instanceClass: "db.t4g.micro",
      deletionProtection: true,
    });
  });

  test("counts another instance under the same name as gone", async () => {
    expect(await read({ ...running, DbiResourceId: "db-OTHER" }, fresh)).toBeUndefined();
  });

  test("that imports, by name too, asks for nothing that RDS cannot tell", async () => {
    const rds = stubRds({ DescribeDBInstances: describing(running) });

    const found = await instance.read(rds.context, "acme-postgres", {});

    expect(rds.inputsOf("DescribeDBInstances")).toEqual([{ DBInstanceIdentifier: "acme-postgres" }]);
    expect(found?.inputs).toMatchObject({ skipFinalSnapshot: true, deleteAutomatedBackups: true, engineVersion: "15.9" });
    expect(found?.inputs).not.toHaveProperty("password");
  });
});
