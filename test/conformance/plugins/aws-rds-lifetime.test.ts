import { DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, PromoteReadReplicaCommand, RDSClient } from "@aws-sdk/client-rds";
import { getInstance } from "../../../local/plugins/aws/functions/rds";
import { rdsResources } from "../../../local/plugins/aws/rds/index";
import { otherRegion, region } from "./aws";
import { fresh, groupsIn, instanceType, key, replicated, restored, withReplica, withReplicaGroups } from "./givenDatabase";
import { useRds } from "./rds";
import type { Given } from "./suite";

const aws = useRds(rdsResources, [getInstance]);
const rds = (where?: string) => aws.outside().client(RDSClient, where);

describe("a database that something depends on", () => {
  const deleteAll = async (given: Given): Promise<void> => {
    for (const state of Object.values(given).reverse()) await aws.plugin().delete(state);
  };

  test("is not deleted while it is protected, and its password never stands open in the state", async () => {
    const engine = aws.plugin();
    const given = await groupsIn(region)(engine, "guarded");
    const inputs = { ...fresh(given, "guarded"), deletionProtection: true };
    const state = await engine.create(instanceType, "database", inputs);

    await expect(engine.delete(state)).rejects.toThrow(/disable deletion protection/);

    expect(JSON.stringify(state.outputs.password)).toContain("1b47061264138c4ac30d75fd1eb44270");
    const unprotected = await engine.update(state, { ...inputs, deletionProtection: false });
    await deleteAll({ ...given, unprotected });
  });

  test("leaves its final snapshot, which another one is restored from", async () => {
    const engine = aws.plugin();
    const given = await groupsIn(region)(engine, "leaving");
    const kept = { skipFinalSnapshot: false, finalSnapshotIdentifier: "leaving-final", deleteAutomatedBackups: false };
    const state = await engine.create(instanceType, "database", { ...fresh(given, "leaving"), ...kept });

    await engine.delete(state);
    const { dbName: _name, username: _username, ...rest } = fresh(given, "coming");
    const next = await engine.create(instanceType, "next", { ...rest, snapshotIdentifier: "leaving-final", backupRetentionPeriod: 3 });

    const { DBSnapshots } = await rds().send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "leaving-final" }));
    expect(DBSnapshots).toMatchObject([{ DBInstanceIdentifier: "leaving", Status: "available" }]);
    expect(next.outputs).toMatchObject({ backupRetentionPeriod: 3, username: "acme", dbName: "acme", snapshotIdentifier: "leaving-final" });
    await deleteAll({ ...given, next });
  });

  test("is told to a program that asks for it", async () => {
    const engine = aws.plugin();
    const given = await groupsIn(region)(engine, "asked");
    const state = await engine.create(instanceType, "database", fresh(given, "asked"));

    const found = await engine.invoke("aws:rds/getInstance:getInstance", { dbInstanceIdentifier: "asked" });

    expect(found).toMatchObject({ id: "asked", endpoint: state.outputs.endpoint, resourceId: state.id, masterUsername: "acme" });
    await expect(engine.invoke("aws:rds/getInstance:getInstance", { dbInstanceIdentifier: "nobody" })).rejects.toThrow(
      /no RDS instance as asked/,
    );
    await deleteAll({ ...given, state });
  });
});

describe("a replica", () => {
  test("that was promoted outside shows no source, and one more update that still names it is refused", async () => {
    const engine = aws.plugin();
    const given = await withReplicaGroups(engine, "promoted");
    const asked = replicated(given, "promoted");
    const state = await engine.create(instanceType, "database", asked);
    const source = await engine.read(given.source ?? state);
    await rds(otherRegion).send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: "promoted" }));

    const found = await engine.read(state);

    expect(source?.outputs.replicas).toEqual([state.outputs.arn]);
    expect([found?.inputs.replicateSourceDb, found?.outputs.replicateSourceDb]).toEqual(["", ""]);
    const again = await engine.check(instanceType, "database", asked, found?.inputs);
    expect(await engine.diff(found ?? state, again, ["replicateSourceDb"])).toMatchObject({ changed: false });
    await expect(engine.update(found ?? state, asked)).rejects.toThrow(/promoted cannot become a replica of another source/);
    for (const one of [...Object.values(given), found ?? state].reverse()) await engine.delete(one);
  });

  test("is told to a program that asks for it, encryption and all", async () => {
    const engine = aws.plugin();
    const given = await withReplicaGroups(engine, "told");
    const state = await engine.create(instanceType, "database", replicated(given, "told"));

    const found = await engine.invoke("aws:rds/getInstance:getInstance", { region: otherRegion, dbInstanceIdentifier: "told" });

    expect(found).toMatchObject({
      replicateSourceDb: given.source?.outputs.arn,
      storageEncrypted: true,
      kmsKeyId: key(otherRegion),
      backupRetentionPeriod: 0,
      resourceId: state.id,
      masterUsername: "acme",
      dbName: "acme",
    });
    for (const one of [...Object.values(given), state].reverse()) await engine.delete(one);
  });
});

describe("a restore", () => {
  test("that would come up with its source's settings against the program's says which, once it is there", async () => {
    const engine = aws.plugin();
    const given = await withReplica(engine, "differs");
    const asked = { ...restored(given, "differs"), backupRetentionPeriod: 14, allocatedStorage: 40 };

    await expect(engine.create(instanceType, "database", asked)).rejects.toThrow(
      /differs is not as the program asks.*allocatedStorage 20 instead of 40.*backupRetentionPeriod 7 instead of 14/,
    );

    const found = await rds(otherRegion).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "differs" }));
    const id = found.DBInstances?.[0]?.DbiResourceId ?? "";
    const inputs = await engine.check(instanceType, "database", asked);
    const updated = await engine.update({ type: instanceType, name: "database", id, inputs, outputs: inputs }, asked);

    expect(updated.outputs).toMatchObject({ allocatedStorage: 40, backupRetentionPeriod: 14, status: "available" });
    await engine.delete(updated);
    for (const state of Object.values(given).reverse()) await engine.delete(state);
  });

  test("stays as it is when the program names another time later and says to ignore that", async () => {
    const engine = aws.plugin();
    const given = await withReplica(engine, "pinned");
    const asked = restored(given, "pinned");
    const state = await engine.create(instanceType, "database", asked);

    const later = { ...asked, restoreToPointInTime: { ...asked.restoreToPointInTime, restoreTime: "2026-02-01T00:00:00Z" } };
    const checked = await engine.check(instanceType, "database", later, state.inputs);

    expect(await engine.diff(state, checked, ["restoreToPointInTime"])).toMatchObject({ changed: false });
    expect(await engine.diff(state, checked)).toMatchObject({ replaces: ["restoreToPointInTime"], deleteBeforeReplace: true });
    await engine.delete(state);
    for (const one of Object.values(given).reverse()) await engine.delete(one);
  });
});
