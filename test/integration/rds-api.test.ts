import { dirname, join } from "node:path";
import {
  AddTagsToResourceCommand,
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  CreateDBSubnetGroupCommand,
  DBInstanceNotFoundFault,
  DeleteDBInstanceCommand,
  DescribeDBEngineVersionsCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  ListTagsForResourceCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  paginateDescribeDBInstances,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
  StartDBInstanceAutomatedBackupsReplicationCommand,
  waitUntilDBInstanceAvailable,
  waitUntilDBInstanceDeleted,
  waitUntilDBSnapshotAvailable,
} from "@aws-sdk/client-rds";
import { run } from "../../local/process";
import { pythonTool } from "../support/python-tool";
import { account, type GivenRds, givenRds, keyOf, primary, recovery } from "../unit/local/rds/givenRds";
import { type ServedRds, serveRds } from "../unit/local/rds/serveRds";

let given: GivenRds;
let served: ServedRds;

beforeEach(async () => {
  given = await givenRds();
  served = await serveRds(given.rds);
});
afterEach(() => served.stop());

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const js = (region = primary) => new RDSClient({ endpoint: served.url, region, credentials, maxAttempts: 1 });
const wait = (client: RDSClient) => ({ client, maxWaitTime: 20, minDelay: 0.05, maxDelay: 0.1 });

/** Runs a script with boto3's clients of both regions, and reads its JSON answer. */
const boto3 = async (script: string): Promise<unknown> => {
  const session = `
import json, datetime, boto3
from botocore.config import Config
from botocore.exceptions import ClientError
def client(region): return boto3.client("rds", region_name=region, endpoint_url="${served.url}", aws_access_key_id="test", aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
primary, recovery = client("${primary}"), client("${recovery}")
waiting = {"Delay": 0.05, "MaxAttempts": 200}
def code(call):
    try: call()
    except ClientError as error: return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
def answer(value): print(json.dumps(value, default=str))
${script}
`;
  const { code, stdout, stderr } = await run({ command: join(dirname(await pythonTool("ministack")), "python"), args: ["-c", session] });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

const instance = {
  DBInstanceIdentifier: "db1",
  DBInstanceClass: "db.t4g.medium",
  Engine: "postgres",
  EngineVersion: "15",
  AllocatedStorage: 20,
  DBName: "app",
  MasterUsername: "lifeboat",
  MasterUserPassword: "a-secret-of-some-length",
  BackupRetentionPeriod: 7,
  StorageEncrypted: true,
  KmsKeyId: keyOf(primary),
  CopyTagsToSnapshot: true,
  DBSubnetGroupName: "subnets",
  DBParameterGroupName: "pg",
  VpcSecurityGroupIds: ["sg-1"],
  Tags: [{ Key: "system", Value: "lifeboat & co" }],
};
const groups = async (client: RDSClient): Promise<void> => {
  const SubnetIds = ["subnet-1a", "subnet-1b"];
  await client.send(new CreateDBSubnetGroupCommand({ DBSubnetGroupName: "subnets", DBSubnetGroupDescription: "d", SubnetIds }));
  const pg = { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" };
  await client.send(new CreateDBParameterGroupCommand(pg));
};
const SourceDBInstanceArn = `arn:aws:rds:${primary}:${account}:db:db1`;

it("creates, changes, restores in another region and deletes, seen by the JavaScript client", async () => {
  const [here, there] = [js(primary), js(recovery)];
  await groups(here);
  const created = await here.send(new CreateDBInstanceCommand(instance));
  await waitUntilDBInstanceAvailable(wait(here), { DBInstanceIdentifier: "db1" });
  await here.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: "db1", MultiAZ: true, ApplyImmediately: true }));
  await waitUntilDBInstanceAvailable(wait(here), { DBInstanceIdentifier: "db1" });
  await there.send(new StartDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn, KmsKeyId: keyOf(recovery) }));
  const { DBInstanceAutomatedBackups: [backup] = [] } = await there.send(
    new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: "db1" }),
  );
  await there.send(
    new RestoreDBInstanceToPointInTimeCommand({
      TargetDBInstanceIdentifier: "back",
      SourceDBInstanceAutomatedBackupsArn: backup?.DBInstanceAutomatedBackupsArn,
      RestoreTime: backup?.RestoreWindow?.LatestTime,
    }),
  );
  await waitUntilDBInstanceAvailable(wait(there), { DBInstanceIdentifier: "back" });
  const { DBInstances: [source] = [] } = await here.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "db1" }));
  const { DBInstances: [restored] = [] } = await there.send(new DescribeDBInstancesCommand({}));
  await there.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "back", SkipFinalSnapshot: true }));
  await waitUntilDBInstanceDeleted(wait(there), { DBInstanceIdentifier: "back" });

  expect(created.DBInstance).toMatchObject({
    DBInstanceStatus: "creating",
    MultiAZ: false,
    AllocatedStorage: 20,
    DBInstanceArn: SourceDBInstanceArn,
  });
  expect(source).toMatchObject({
    MultiAZ: true,
    EngineVersion: "15.18",
    Endpoint: { Address: "127.0.0.1", Port: expect.any(Number), HostedZoneId: expect.any(String) },
    VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-1", Status: "active" }],
    DBSubnetGroup: { DBSubnetGroupName: "subnets", Subnets: [{ SubnetIdentifier: "subnet-1a" }, { SubnetIdentifier: "subnet-1b" }] },
    DBParameterGroups: [{ DBParameterGroupName: "pg", ParameterApplyStatus: "in-sync" }],
    DBInstanceAutomatedBackupsReplications: [{ DBInstanceAutomatedBackupsArn: backup?.DBInstanceAutomatedBackupsArn }],
    ReadReplicaDBInstanceIdentifiers: [],
    LatestRestorableTime: expect.any(Date),
    TagList: instance.Tags,
  });
  expect(source?.MasterUserSecret).toBeUndefined();
  expect(backup).toMatchObject({
    Status: "replicating",
    Region: primary,
    KmsKeyId: keyOf(recovery),
    Encrypted: true,
    BackupRetentionPeriod: 7,
  });
  expect(restored).toMatchObject({
    DBInstanceIdentifier: "back",
    DBName: "app",
    MultiAZ: false,
    KmsKeyId: keyOf(recovery),
    DBSubnetGroup: { DBSubnetGroupName: "default" },
    DBParameterGroups: [{ DBParameterGroupName: "default.postgres15" }],
    TagList: [],
  });
});

it("takes, copies and lists snapshots, tags, parameters, events and versions, seen by the JavaScript client", async () => {
  const [here, there] = [js(primary), js(recovery)];
  await groups(here);
  await here.send(new CreateDBInstanceCommand(instance));
  await waitUntilDBInstanceAvailable(wait(here), { DBInstanceIdentifier: "db1" });
  await here.send(
    new CreateDBSnapshotCommand({ DBInstanceIdentifier: "db1", DBSnapshotIdentifier: "s", Tags: [{ Key: "by", Value: "hand" }] }),
  );
  await waitUntilDBSnapshotAvailable(wait(here), { DBSnapshotIdentifier: "s" });
  await there.send(
    new CopyDBSnapshotCommand({
      SourceDBSnapshotIdentifier: `arn:aws:rds:${primary}:${account}:snapshot:s`,
      TargetDBSnapshotIdentifier: "s",
      KmsKeyId: keyOf(recovery),
      CopyTags: true,
    }),
  );
  await waitUntilDBSnapshotAvailable(wait(there), { DBSnapshotIdentifier: "s" });
  await here.send(new AddTagsToResourceCommand({ ResourceName: SourceDBInstanceArn, Tags: [{ Key: "more", Value: "<&>" }] }));
  const Parameters = [{ ParameterName: "max_connections", ParameterValue: "50", ApplyMethod: "pending-reboot" as const }];
  await here.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: "pg", Parameters }));

  const { DBSnapshots } = await there.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: "db1" }));
  const { TagList } = await here.send(new ListTagsForResourceCommand({ ResourceName: SourceDBInstanceArn }));
  const { Parameters: own } = await here.send(new DescribeDBParametersCommand({ DBParameterGroupName: "pg", Source: "user" }));
  const { Events } = await here.send(new DescribeEventsCommand({ SourceIdentifier: "db1", SourceType: "db-instance" }));
  const { DBEngineVersions } = await here.send(new DescribeDBEngineVersionsCommand({ Engine: "postgres" }));

  expect(DBSnapshots).toEqual([
    expect.objectContaining({
      DBSnapshotIdentifier: "s",
      SnapshotType: "manual",
      SourceRegion: primary,
      PercentProgress: 100,
      KmsKeyId: keyOf(recovery),
      SnapshotCreateTime: expect.any(Date),
      TagList: [...instance.Tags, { Key: "by", Value: "hand" }],
    }),
  ]);
  expect(TagList).toEqual([...instance.Tags, { Key: "more", Value: "<&>" }]);
  expect(own).toEqual([expect.objectContaining({ ...Parameters[0], ApplyType: "static", DataType: "integer", IsModifiable: true })]);
  expect(Events?.map(({ Message, EventCategories }) => [Message, EventCategories])).toContainEqual(["DB instance created", ["creation"]]);
  expect(DBEngineVersions).toEqual([expect.objectContaining({ EngineVersion: "15.18", DBParameterGroupFamily: "postgres15" })]);
});

it("pages, and throws the client's own exceptions", async () => {
  const here = js(primary);
  const { Tags: _, DBSubnetGroupName: _group, DBParameterGroupName: _parameters, VpcSecurityGroupIds: _security, ...least } = instance;
  for (let index = 0; index < 23; index += 1) {
    await here.send(new CreateDBInstanceCommand({ ...least, DBInstanceIdentifier: `db${index}` }));
  }
  const pages: number[] = [];
  for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client: here, pageSize: 20 }, {})) pages.push(DBInstances.length);

  expect(pages).toEqual([20, 3]);
  await expect(here.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "no" }))).rejects.toBeInstanceOf(DBInstanceNotFoundFault);
});

it("creates, snapshots, replicates, restores and deletes, seen by boto3", async () => {
  const seen = await boto3(`
primary.create_db_subnet_group(DBSubnetGroupName="subnets", DBSubnetGroupDescription="d", SubnetIds=["subnet-1a", "subnet-1b"])
primary.create_db_parameter_group(DBParameterGroupName="pg", DBParameterGroupFamily="postgres15", Description="d")
primary.modify_db_parameter_group(DBParameterGroupName="pg", Parameters=[{"ParameterName": "track_commit_timestamp", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}])
created = primary.create_db_instance(**json.loads('''${JSON.stringify(instance)}'''))["DBInstance"]
primary.get_waiter("db_instance_available").wait(DBInstanceIdentifier="DB1", WaiterConfig=waiting)
instance = primary.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [created["DbiResourceId"]]}])["DBInstances"][0]
arn = recovery.start_db_instance_automated_backups_replication(SourceDBInstanceArn=instance["DBInstanceArn"], KmsKeyId="${keyOf(recovery)}", BackupRetentionPeriod=9, SourceRegion="${primary}")["DBInstanceAutomatedBackup"]["DBInstanceAutomatedBackupsArn"]
backup = recovery.describe_db_instance_automated_backups(DBInstanceAutomatedBackupsArn=arn)["DBInstanceAutomatedBackups"][0]
late = code(lambda: recovery.restore_db_instance_to_point_in_time(TargetDBInstanceIdentifier="back", SourceDBInstanceAutomatedBackupsArn=arn, RestoreTime=backup["RestoreWindow"]["LatestTime"] + datetime.timedelta(seconds=1)))
recovery.restore_db_instance_to_point_in_time(TargetDBInstanceIdentifier="back", SourceDBInstanceAutomatedBackupsArn=arn, RestoreTime=backup["RestoreWindow"]["LatestTime"])
recovery.get_waiter("db_instance_available").wait(DBInstanceIdentifier="back", WaiterConfig=waiting)
primary.create_db_snapshot(DBInstanceIdentifier="db1", DBSnapshotIdentifier="s")
primary.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="s", WaiterConfig=waiting)
copy = recovery.copy_db_snapshot(SourceDBSnapshotIdentifier="arn:aws:rds:${primary}:${account}:snapshot:s", TargetDBSnapshotIdentifier="c", KmsKeyId="${keyOf(recovery)}", SourceRegion="${primary}")["DBSnapshot"]
stopped = recovery.stop_db_instance_automated_backups_replication(SourceDBInstanceArn=instance["DBInstanceArn"])["DBInstanceAutomatedBackup"]["Status"]
primary.add_tags_to_resource(ResourceName=instance["DBInstanceArn"], Tags=[{"Key": "a", "Value": "b"}])
primary.remove_tags_from_resource(ResourceName=instance["DBInstanceArn"], TagKeys=["system"])
tags = primary.list_tags_for_resource(ResourceName=instance["DBInstanceArn"])["TagList"]
used = code(lambda: primary.delete_db_parameter_group(DBParameterGroupName="pg"))
primary.delete_db_instance(DBInstanceIdentifier="db1", FinalDBSnapshotIdentifier="last", DeleteAutomatedBackups=False)
primary.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="db1", WaiterConfig=waiting)
primary.delete_db_parameter_group(DBParameterGroupName="pg")
primary.delete_db_subnet_group(DBSubnetGroupName="subnets")
answer({
  "created": [created["DBInstanceStatus"], "Endpoint" in created, "MasterUserPassword" in created["PendingModifiedValues"]],
  "instance": [instance["DBName"], instance["MultiAZ"], instance["InstanceCreateTime"].year, instance["ReadReplicaDBInstanceIdentifiers"], instance["TagList"], instance["Endpoint"]["Address"]],
  "backup": [backup["Status"], backup["BackupRetentionPeriod"], backup["Region"], backup["RestoreWindow"]["EarliestTime"].tzinfo is not None],
  "codes": [late, used, code(lambda: primary.describe_db_instances(DBInstanceIdentifier="db1")), code(lambda: primary.describe_db_clusters())],
  "snapshots": [copy["Status"], sorted(each["DBSnapshotIdentifier"] for each in primary.describe_db_snapshots()["DBSnapshots"])],
  "stopped": stopped,
  "statuses": [each["Status"] for region in (primary, recovery) for each in region.describe_db_instance_automated_backups(Filters=[{"Name": "status", "Values": ["retained"]}])["DBInstanceAutomatedBackups"]],
  "tags": tags,
  "events": [each["Message"] for each in primary.describe_events(SourceIdentifier="db1", SourceType="db-instance")["Events"]],
  "parameters": len([1 for page in primary.get_paginator("describe_db_parameters").paginate(DBParameterGroupName="default.postgres15") for each in page["Parameters"]]),
})
`);

  expect(seen).toEqual({
    created: ["creating", false, false],
    instance: ["app", false, 2026, [], instance.Tags, "127.0.0.1"],
    backup: ["replicating", 9, primary, true],
    codes: [
      ["InvalidParameterValue", 400],
      ["InvalidDBParameterGroupState", 400],
      ["DBInstanceNotFound", 404],
      ["ValidationError", 400],
    ],
    snapshots: ["creating", ["last", "s"]],
    stopped: "replicating",
    statuses: ["retained", "retained"],
    tags: [{ Key: "a", Value: "b" }],
    events: expect.arrayContaining(["DB instance created", "DB instance deleted"]),
    parameters: 5,
  });
});
