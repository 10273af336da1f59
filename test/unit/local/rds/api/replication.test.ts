import { account, elementOf, givenRds, keyOf, leastInstance, primary, recovery } from "../givenRds";

const SourceDBInstanceArn = `arn:aws:rds:${primary}:${account}:db:db1`;
const encrypted = { ...leastInstance, StorageEncrypted: true, KmsKeyId: keyOf(primary) };
const start = { SourceDBInstanceArn, KmsKeyId: keyOf(recovery), BackupRetentionPeriod: 14 };
const ofInstance = { DBInstanceIdentifier: "db1" };

it("shows backups where they are: active at the source, pending, then replicating at the copy, with the source's region", async () => {
  const { call, settle, ask, engine, rds } = await givenRds();
  engine.fail("takeBaseBackup", new Error("not yet"));
  await settle(primary, "CreateDBInstance", encrypted);
  const resourceId = rds.instances(primary)[0]?.resourceId ?? "";
  const statuses = async () => [
    await ask(primary, "Status", "DescribeDBInstanceAutomatedBackups", ofInstance),
    await ask(recovery, "Status", "DescribeDBInstanceAutomatedBackups", ofInstance),
  ];

  const { xml } = await call(recovery, "StartDBInstanceAutomatedBackupsReplication", start);
  const before = await statuses();
  engine.archive({ region: primary, resourceId }, new Date("2026-03-01T12:10:00Z"));

  expect([before, await statuses()]).toEqual([
    ["creating", "pending"],
    ["active", "replicating"],
  ]);
  const arn = elementOf(xml, "DBInstanceAutomatedBackupsArn") ?? "";
  expect(arn).toMatch(new RegExp(`^arn:aws:rds:${recovery}:${account}:auto-backup:ab-[a-z2-7]{39}$`));
  const copy = (await call(recovery, "DescribeDBInstanceAutomatedBackups", { DBInstanceAutomatedBackupsArn: arn })).xml;
  expect(["Region", "DBInstanceArn", "KmsKeyId", "BackupRetentionPeriod", "LatestTime"].map((name) => elementOf(copy, name))).toEqual([
    primary,
    SourceDBInstanceArn,
    keyOf(recovery),
    "14",
    "2026-03-01T12:10:00.000Z",
  ]);
  for (const operation of ["DescribeDBInstances", "DescribeDBInstanceAutomatedBackups"]) {
    const { xml: source } = await call(primary, operation, ofInstance);
    expect(source).toContain(`<DBInstanceAutomatedBackupsReplication><DBInstanceAutomatedBackupsArn>${arn}<`);
  }
  expect(engine.calls).toContainEqual({
    call: "replicateChain",
    details: { source: { region: primary, resourceId }, region: recovery, lagSeconds: 7 },
  });
});

it("retains what was copied when it is stopped, says once that it stopped, and can start anew under the same ARN", async () => {
  const { call, settle, ask, engine } = await givenRds();
  await settle(primary, "CreateDBInstance", encrypted);
  const started = await call(recovery, "StartDBInstanceAutomatedBackupsReplication", start);
  const twice = await call(recovery, "StartDBInstanceAutomatedBackupsReplication", start);

  const stopped = await call(recovery, "StopDBInstanceAutomatedBackupsReplication", { SourceDBInstanceArn });
  const again = await call(recovery, "StopDBInstanceAutomatedBackupsReplication", { SourceDBInstanceArn });

  expect(twice.code).toBe("InvalidDBInstanceState");
  expect(elementOf(stopped.xml, "Status")).toBe("replicating");
  expect(again).toMatchObject({
    code: "InvalidDBInstanceState",
    message: expect.stringContaining("not replicating to the current region"),
  });
  expect(engine.stopped).toHaveLength(1);
  expect(await ask(recovery, "Status", "DescribeDBInstanceAutomatedBackups", ofInstance)).toBe("retained");
  expect((await call(primary, "DescribeDBInstances", ofInstance)).xml).toContain("<DBInstanceAutomatedBackupsReplications></");
  const anew = await call(recovery, "StartDBInstanceAutomatedBackupsReplication", start);
  expect(elementOf(anew.xml, "DBInstanceAutomatedBackupsArn")).toBe(elementOf(started.xml, "DBInstanceAutomatedBackupsArn"));
});

it("keeps its status while the source's region is cut off: only the newest time falls behind", async () => {
  const { call, settle, ask, rds } = await givenRds();
  await settle(primary, "CreateDBInstance", encrypted);
  await call(recovery, "StartDBInstanceAutomatedBackupsReplication", start);
  rds.suspend(primary);

  expect(await ask(recovery, "Status", "DescribeDBInstanceAutomatedBackups", ofInstance)).toBe("replicating");
  expect((await call(recovery, "StopDBInstanceAutomatedBackupsReplication", { SourceDBInstanceArn })).status).toBe(200);
});

it.each([
  ["without a key of the region", encrypted, { SourceDBInstanceArn }, "InvalidParameterCombination"],
  ["with a key of the source's region", encrypted, { SourceDBInstanceArn, KmsKeyId: keyOf(primary) }, "KMSKeyNotAccessibleFault"],
  ["with a key for what is not encrypted", leastInstance, start, "InvalidParameterCombination"],
  ["of an instance without backups", { ...leastInstance, BackupRetentionPeriod: 0 }, { SourceDBInstanceArn }, "InvalidDBInstanceState"],
  ["of an instance that is not there", leastInstance, { SourceDBInstanceArn: `${SourceDBInstanceArn}x` }, "DBInstanceNotFound"],
  ["of what is no instance", leastInstance, { SourceDBInstanceArn: "db1" }, "InvalidParameterValue"],
])("is refused %s", async (_, instance, parameters, code) => {
  const { call, settle, engine } = await givenRds();
  await settle(primary, "CreateDBInstance", instance);

  const answer = await call(recovery, "StartDBInstanceAutomatedBackupsReplication", parameters);

  expect(answer.code).toBe(code);
  expect(engine.calls.some(({ call: name }) => name === "replicateChain")).toBe(false);
  expect((await call(recovery, "DescribeDBInstanceAutomatedBackups")).xml).toContain("<DBInstanceAutomatedBackups></");
});

it("stands in the way of switching backups off, and of deleting its own", async () => {
  const { call, settle, ask } = await givenRds();
  await settle(primary, "CreateDBInstance", leastInstance);
  await call(recovery, "StartDBInstanceAutomatedBackupsReplication", { SourceDBInstanceArn });
  const arn = (await ask(recovery, "DBInstanceAutomatedBackupsArn", "DescribeDBInstanceAutomatedBackups", ofInstance)) ?? "";

  const off = await call(primary, "ModifyDBInstance", { ...ofInstance, BackupRetentionPeriod: 0, ApplyImmediately: true });
  const deleted = await call(recovery, "DeleteDBInstanceAutomatedBackup", { DBInstanceAutomatedBackupsArn: arn });
  await call(recovery, "StopDBInstanceAutomatedBackupsReplication", { SourceDBInstanceArn });
  await settle(primary, "ModifyDBInstance", { ...ofInstance, BackupRetentionPeriod: 0, ApplyImmediately: true });
  const retained = await call(recovery, "DeleteDBInstanceAutomatedBackup", { DBInstanceAutomatedBackupsArn: arn });

  expect([off.code, deleted.code]).toEqual(["InvalidParameterCombination", "InvalidDBInstanceAutomatedBackupState"]);
  expect((await call(primary, "DescribeDBInstanceAutomatedBackups", ofInstance)).code).toBe("DBInstanceAutomatedBackupNotFound");
  expect(retained.status).toBe(200);
  expect((await call(recovery, "DescribeDBInstanceAutomatedBackups")).xml).toContain("<DBInstanceAutomatedBackups></");
});

it("filters by status, by instance and by resource", async () => {
  const { call, settle, rds } = await givenRds();
  await settle(primary, "CreateDBInstance", leastInstance);
  await settle(primary, "CreateDBInstance", { ...leastInstance, DBInstanceIdentifier: "db2" });
  await settle(primary, "DeleteDBInstance", { DBInstanceIdentifier: "db2", SkipFinalSnapshot: true, DeleteAutomatedBackups: false });
  const by = async (Name: string, Value: string) =>
    [
      ...(
        await call(primary, "DescribeDBInstanceAutomatedBackups", {
          "Filters.Filter.1.Name": Name,
          "Filters.Filter.1.Values.Value.1": Value,
        })
      ).xml.matchAll(/<DBInstanceIdentifier>([^<]*)</g),
    ].map(([, identifier]) => identifier);

  expect(await by("status", "active")).toEqual(["db1"]);
  expect(await by("status", "retained")).toEqual(["db2"]);
  expect(await by("db-instance-id", SourceDBInstanceArn)).toEqual(["db1"]);
  expect(await by("dbi-resource-id", rds.instances(primary)[0]?.resourceId ?? "")).toEqual(["db1"]);
});
