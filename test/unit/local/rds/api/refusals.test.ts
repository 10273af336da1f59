import { account, givenRds, keyOf, leastInstance, primary, recovery } from "../givenRds";

type Parameters = Readonly<Record<string, string | number | boolean>>;

const without = (name: string): Parameters => Object.fromEntries(Object.entries(leastInstance).filter(([each]) => each !== name));

it.each<[string, Parameters, string, string, number?]>([
  ["a parameter that RDS has not", { ...leastInstance, Colour: "blue" }, "ValidationError", "Unknown parameter Colour"],
  [
    "one that RDS has and we have not",
    { ...leastInstance, Domain: "d" },
    "ValidationError",
    "Domain of CreateDBInstance is not implemented by the local RDS",
  ],
  [
    "IAM authentication",
    { ...leastInstance, EnableIAMDatabaseAuthentication: true },
    "InvalidParameterValue",
    "EnableIAMDatabaseAuthentication: only false",
  ],
  [
    "Performance Insights",
    { ...leastInstance, EnablePerformanceInsights: true },
    "InvalidParameterValue",
    "EnablePerformanceInsights: only false",
  ],
  ["monitoring", { ...leastInstance, MonitoringInterval: 60 }, "InvalidParameterValue", "MonitoringInterval: only 0"],
  [
    "a managed password",
    { ...leastInstance, ManageMasterUserPassword: true },
    "InvalidParameterValue",
    "ManageMasterUserPassword: only false",
  ],
  [
    "log exports",
    { ...leastInstance, "EnableCloudwatchLogsExports.member.1": "postgresql" },
    "InvalidParameterValue",
    "EnableCloudwatchLogsExports",
  ],
  ["a missing name", without("DBInstanceIdentifier"), "MissingParameter", "DBInstanceIdentifier"],
  ["no storage", without("AllocatedStorage"), "MissingParameter", "AllocatedStorage"],
  ["no password", without("MasterUserPassword"), "MissingParameter", "MasterUserPassword"],
  [
    "a word for a number",
    { ...leastInstance, AllocatedStorage: "much" },
    "ValidationError",
    "AllocatedStorage: much is not a whole number",
  ],
  ["a number for a flag", { ...leastInstance, MultiAZ: 1 }, "ValidationError", "MultiAZ: 1 is neither true nor false"],
  [
    "a structure for a value",
    { ...leastInstance, "DBInstanceClass.Name": "x" },
    "ValidationError",
    "DBInstanceClass is a value of its own",
  ],
  ["an odd element name", { ...leastInstance, "Tags.Tugs.1.Key": "x" }, "ValidationError", "Tags is a list"],
  ["a name with two hyphens", { ...leastInstance, DBInstanceIdentifier: "a--b" }, "InvalidParameterValue", "not a valid identifier"],
  ["another engine", { ...leastInstance, Engine: "mysql" }, "InvalidParameterValue", "only postgres"],
  [
    "another minor version",
    { ...leastInstance, EngineVersion: "15.4" },
    "InvalidParameterCombination",
    "Cannot find version 15.4 for postgres",
  ],
  [
    "too little storage",
    { ...leastInstance, AllocatedStorage: 5 },
    "InvalidParameterValue",
    "Invalid storage size for engine name postgres and storage type gp3: 5",
  ],
  ["36 days of backups", { ...leastInstance, BackupRetentionPeriod: 36 }, "InvalidParameterValue", "BackupRetentionPeriod"],
  [
    "a reserved user",
    { ...leastInstance, MasterUsername: "rdsadmin" },
    "InvalidParameterValue",
    "MasterUsername rdsadmin cannot be used as it is a reserved word",
  ],
  ["a short password", { ...leastInstance, MasterUserPassword: "short" }, "InvalidParameterValue", "shorter than 8"],
  [
    "a password with a slash",
    { ...leastInstance, MasterUserPassword: "with/a/slash" },
    "InvalidParameterValue",
    "Only printable ASCII characters",
  ],
  [
    "a subnet group that is not there",
    { ...leastInstance, DBSubnetGroupName: "no" },
    "DBSubnetGroupNotFoundFault",
    "'no' does not exist",
    404,
  ],
  ["a parameter group that is not there", { ...leastInstance, DBParameterGroupName: "no" }, "DBParameterGroupNotFound", "no", 404],
  [
    "a security group that is not there",
    { ...leastInstance, "VpcSecurityGroupIds.VpcSecurityGroupId.1": "no" },
    "InvalidParameterValue",
    "groupId= no",
  ],
  [
    "a security group of another VPC",
    { ...leastInstance, "VpcSecurityGroupIds.VpcSecurityGroupId.1": "sg-x" },
    "InvalidVPCNetworkStateFault",
    "different VPCs",
  ],
  [
    "a key of another region",
    { ...leastInstance, StorageEncrypted: true, KmsKeyId: keyOf(recovery) },
    "KMSKeyNotAccessibleFault",
    keyOf(recovery),
  ],
  ["a key without encryption", { ...leastInstance, KmsKeyId: keyOf(primary) }, "InvalidParameterCombination", "StorageEncrypted"],
  [
    "a zone for Multi-AZ",
    { ...leastInstance, MultiAZ: true, AvailabilityZone: "zone-a" },
    "InvalidParameterCombination",
    "Requesting a specific availability zone",
  ],
  [
    "windows that meet",
    { ...leastInstance, PreferredBackupWindow: "23:45-00:15", PreferredMaintenanceWindow: "mon:00:00-mon:00:30" },
    "InvalidParameterCombination",
    "must not overlap",
  ],
])("refuses %s, and leaves no instance behind", async (_, parameters, code, message, status = 400) => {
  const { call, engine, rds } = await givenRds();

  const answer = await call(primary, "CreateDBInstance", parameters);

  expect(answer).toMatchObject({ status, code, message: expect.stringContaining(message) });
  expect(rds.instances(primary)).toEqual([]);
  expect(engine.calls).toEqual([]);
});

it("refuses an operation that RDS has not, one that we have not, and another version", async () => {
  const { rds, call } = await givenRds();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const old = await rds.handle({ region: primary, path: "/", headers, body: Buffer.from("Action=DescribeDBInstances&Version=2009-10-16") });
  const json = await rds.handle({ region: primary, path: "/", headers: { "content-type": "application/json" }, body: Buffer.from("{}") });

  expect((await call(primary, "MakeCoffee")).code).toBe("InvalidAction");
  expect(await call(primary, "CreateDBCluster", { DBClusterIdentifier: "c", Engine: "x" })).toMatchObject({
    code: "ValidationError",
    message: "The operation CreateDBCluster is not implemented by the local RDS (local/rds)",
  });
  expect([old.status, old.body.toString()]).toEqual([400, expect.stringContaining("InvalidAction")]);
  expect([json.status, json.body.toString()]).toEqual([400, expect.stringContaining("query protocol")]);
});

it.each<[string, Parameters, string, string, number]>([
  ["DescribeDBInstances", { DBInstanceIdentifier: "no" }, "DBInstanceNotFound", "DBInstance no not found.", 404],
  [
    "DescribeDBInstances",
    { "Filters.Filter.1.Name": "colour", "Filters.Filter.1.Values.Value.1": "x" },
    "InvalidParameterValue",
    "colour",
    400,
  ],
  ["CreateDBInstance", leastInstance, "DBInstanceAlreadyExists", "already exists", 400],
  [
    "CreateDBSnapshot",
    { DBInstanceIdentifier: "db1", DBSnapshotIdentifier: "s" },
    "DBSnapshotAlreadyExists",
    "identifier s already exists",
    400,
  ],
  ["DescribeDBSnapshots", { DBSnapshotIdentifier: "no" }, "DBSnapshotNotFound", "no", 404],
  ["DeleteDBSnapshot", { DBSnapshotIdentifier: "no" }, "DBSnapshotNotFound", "no", 404],
  ["ModifyDBInstance", { DBInstanceIdentifier: "db1" }, "InvalidParameterCombination", "No modifications were requested", 400],
  [
    "ModifyDBInstance",
    { DBInstanceIdentifier: "db1", NewDBInstanceIdentifier: "1db" },
    "InvalidParameterValue",
    "NewDBInstanceIdentifier",
    400,
  ],
  ["ModifyDBInstance", { DBInstanceIdentifier: "db1", DBPortNumber: 5000 }, "ValidationError", "port", 400],
  ["ModifyDBInstance", { DBInstanceIdentifier: "db1", DBSubnetGroupName: "subnets" }, "ValidationError", "DBSubnetGroupName", 400],
  ["ModifyDBInstance", { DBInstanceIdentifier: "db1", AllocatedStorage: 19 }, "InvalidParameterValue", "increased only", 400],
  ["ModifyDBInstance", { DBInstanceIdentifier: "db1", EngineVersion: "16" }, "InvalidParameterCombination", "Cannot find version 16", 400],
  [
    "RebootDBInstance",
    { DBInstanceIdentifier: "db1", ForceFailover: true },
    "InvalidParameterCombination",
    "not configured for MultiAZ",
    400,
  ],
  ["DeleteDBInstanceAutomatedBackup", { DBInstanceAutomatedBackupsArn: "no" }, "DBInstanceAutomatedBackupNotFound", "no", 404],
  ["DescribeDBInstanceAutomatedBackups", { DBInstanceAutomatedBackupsArn: "no" }, "DBInstanceAutomatedBackupNotFound", "no", 404],
  [
    "CreateDBSubnetGroup",
    { DBSubnetGroupName: "n", DBSubnetGroupDescription: "d", "SubnetIds.SubnetIdentifier.1": "no" },
    "InvalidSubnet",
    "no",
    400,
  ],
  [
    "CreateDBSubnetGroup",
    { DBSubnetGroupName: "n", DBSubnetGroupDescription: "d", "SubnetIds.SubnetIdentifier.1": "subnet-1a" },
    "DBSubnetGroupDoesNotCoverEnoughAZs",
    "Current AZ coverage: zone-a",
    400,
  ],
  ["DeleteDBSubnetGroup", { DBSubnetGroupName: "default" }, "InvalidDBSubnetGroupStateFault", "db1 is still using it", 400],
  ["DeleteDBSubnetGroup", { DBSubnetGroupName: "no" }, "DBSubnetGroupNotFoundFault", "no", 404],
  ["DeleteDBParameterGroup", { DBParameterGroupName: "default.postgres15" }, "InvalidDBParameterGroupState", "default", 400],
  [
    "CreateDBParameterGroup",
    { DBParameterGroupName: "p", DBParameterGroupFamily: "mysql8.0", Description: "d" },
    "InvalidParameterValue",
    "mysql8.0",
    400,
  ],
  [
    "AddTagsToResource",
    { ResourceName: `arn:aws:rds:${primary}:${account}:db:no`, "Tags.Tag.1.Key": "k" },
    "DBInstanceNotFound",
    "no",
    404,
  ],
  ["ListTagsForResource", { ResourceName: `arn:aws:rds:${recovery}:${account}:db:db1` }, "InvalidParameterValue", "in this region", 400],
  [
    "StartDBInstanceAutomatedBackupsReplication",
    { SourceDBInstanceArn: `arn:aws:rds:${primary}:${account}:db:db1` },
    "InvalidParameterValue",
    "of this region",
    400,
  ],
  [
    "StopDBInstanceAutomatedBackupsReplication",
    { SourceDBInstanceArn: `arn:aws:rds:${recovery}:${account}:db:db1` },
    "DBInstanceNotFound",
    "db1",
    404,
  ],
  ["DescribeEvents", { SourceIdentifier: "db1" }, "InvalidParameterCombination", "SourceType", 400],
])("answers %s %j with %s", async (operation, parameters, code, message, status) => {
  const { call, settle } = await givenRds();
  await settle(primary, "CreateDBSubnetGroup", {
    DBSubnetGroupName: "subnets",
    DBSubnetGroupDescription: "d",
    "SubnetIds.SubnetIdentifier.1": "subnet-1a",
    "SubnetIds.SubnetIdentifier.2": "subnet-1b",
  });
  await settle(primary, "CreateDBInstance", leastInstance);
  await settle(primary, "CreateDBSnapshot", { DBInstanceIdentifier: "db1", DBSnapshotIdentifier: "s" });

  const answer = await call(primary, operation, parameters);

  expect(answer).toMatchObject({ status, code, message: expect.stringContaining(message) });
});

it.each([
  ["max_connections", "50", "immediate", "InvalidParameterCombination", "cannot use immediate apply method for static parameter"],
  ["max_connections", "many", "pending-reboot", "InvalidParameterValue", "allowed values are: 1-1000"],
  ["track_commit_timestamp", "on", "pending-reboot", "InvalidParameterValue", "allowed values are: 0,1"],
  ["archive_command", "true", "immediate", "InvalidParameterValue", "cannot be modified"],
  ["no_such_thing", "1", "immediate", "InvalidParameterValue", "Could not find parameter with name: no_such_thing"],
])("refuses the parameter %s=%s (%s), and every other of the same call", async (name, value, method, code, message) => {
  const { call } = await givenRds();
  await call(primary, "CreateDBParameterGroup", { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" });

  const answer = await call(primary, "ModifyDBParameterGroup", {
    DBParameterGroupName: "pg",
    "Parameters.Parameter.1.ParameterName": "log_min_duration_statement",
    "Parameters.Parameter.1.ParameterValue": 3,
    "Parameters.Parameter.1.ApplyMethod": "immediate",
    "Parameters.Parameter.2.ParameterName": name,
    "Parameters.Parameter.2.ParameterValue": value,
    "Parameters.Parameter.2.ApplyMethod": method,
  });

  expect(answer).toMatchObject({ status: 400, code, message: expect.stringContaining(message) });
  const { xml } = await call(primary, "DescribeDBParameters", { DBParameterGroupName: "pg", Source: "user" });
  expect(xml).toContain("<Parameters></Parameters>");
});

it("lets one of two calls for the same name pass", async () => {
  const { call, engine, rds } = await givenRds();

  const answers = await Promise.all([call(primary, "CreateDBInstance", leastInstance), call(primary, "CreateDBInstance", leastInstance)]);
  await rds.settled();

  expect(answers.map(({ status, code }) => [status, code]).sort()).toEqual([
    [200, undefined],
    [400, "DBInstanceAlreadyExists"],
  ]);
  expect(engine.calls.filter(({ call: name }) => name === "create")).toHaveLength(1);
});
