import { account, elementOf, keyOf, primary, recovery } from "../givenRds";
import { givenReplicated } from "../givenReplicated";

describe("snapshots", () => {
  const snapshotArn = `arn:aws:rds:${primary}:${account}:snapshot:s`;
  const copy = { SourceDBSnapshotIdentifier: snapshotArn, TargetDBSnapshotIdentifier: "s-copy" };

  const givenSnapshot = async () => {
    const given = await givenReplicated();
    await given.settle(primary, "CreateDBSnapshot", { DBInstanceIdentifier: "db1", DBSnapshotIdentifier: "S" });
    return given;
  };

  it("are copied to another region with a key of that region, and restored there", async () => {
    const { call, settle, ask, engine } = await givenSnapshot();

    const keyless = await call(recovery, "CopyDBSnapshot", copy);
    const foreign = await call(recovery, "CopyDBSnapshot", { ...copy, KmsKeyId: keyOf(primary) });
    const { xml } = await settle(recovery, "CopyDBSnapshot", {
      ...copy,
      KmsKeyId: keyOf(recovery),
      CopyTags: true,
      PreSignedUrl: "https://x",
    });
    const early = await call(recovery, "RestoreDBInstanceFromDBSnapshot", { DBInstanceIdentifier: "b", DBSnapshotIdentifier: snapshotArn });
    await settle(recovery, "RestoreDBInstanceFromDBSnapshot", { DBInstanceIdentifier: "back", DBSnapshotIdentifier: "s-copy" });

    expect([keyless.code, foreign.code, early.code]).toEqual(["InvalidParameterValue", "KMSKeyNotAccessibleFault", "DBSnapshotNotFound"]);
    expect([elementOf(xml, "Status"), elementOf(xml, "SourceRegion"), elementOf(xml, "KmsKeyId")]).toEqual([
      "creating",
      primary,
      keyOf(recovery),
    ]);
    expect(engine.calls.find(({ call: name }) => name === "copySnapshot")?.details).toMatchObject({ lagSeconds: 3 });
    const { xml: described } = await call(recovery, "DescribeDBSnapshots", { DBSnapshotIdentifier: "s-copy" });
    expect([elementOf(described, "Status"), elementOf(described, "Key")]).toEqual(["available", "system"]);
    expect(await ask(recovery, "DBInstanceStatus", "DescribeDBInstances", { DBInstanceIdentifier: "back" })).toBe("available");
    expect(await ask(recovery, "DBParameterGroupName", "DescribeDBInstances", { DBInstanceIdentifier: "back" })).toBe("default.postgres15");
  });

  it("outlive their instance, and go when they are deleted", async () => {
    const { call, settle } = await givenSnapshot();
    await settle(primary, "ModifyDBInstance", { DBInstanceIdentifier: "db1", DeletionProtection: false });
    await settle(primary, "DeleteDBInstance", { DBInstanceIdentifier: "db1", SkipFinalSnapshot: true });

    const kept = await call(primary, "DescribeDBSnapshots", { DBSnapshotIdentifier: "s" });
    await call(primary, "DeleteDBSnapshot", { DBSnapshotIdentifier: "s" });

    expect(elementOf(kept.xml, "Status")).toBe("available");
    expect((await call(primary, "DescribeDBSnapshots", { DBSnapshotIdentifier: "s" })).code).toBe("DBSnapshotNotFound");
  });

  it("that the engine cannot copy are failed, and say why", async () => {
    const { call, settle, ask, engine } = await givenSnapshot();
    engine.fail("copySnapshot", new Error("the region was lost"));

    await settle(recovery, "CopyDBSnapshot", { ...copy, KmsKeyId: keyOf(recovery) });

    expect(await ask(recovery, "Status", "DescribeDBSnapshots", { DBSnapshotIdentifier: "s-copy" })).toBe("failed");
    const { xml } = await call(recovery, "DescribeEvents", { SourceType: "db-snapshot" });
    expect(elementOf(xml, "Message")).toBe("The snapshot could not be copied: the region was lost");
  });
});
