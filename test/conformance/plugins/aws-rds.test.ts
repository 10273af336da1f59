import {
  AddTagsToResourceCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  ModifyDBSubnetGroupCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  StopDBInstanceAutomatedBackupsReplicationCommand,
} from "@aws-sdk/client-rds";
import { rdsResources } from "../../../local/plugins/aws/rds/index";
import { otherRegion, region } from "./aws";
import {
  arnOf,
  forced,
  fresh,
  groupsIn,
  instanceType,
  key,
  parameterGroupType,
  replicated,
  replicationType,
  restored,
  subnetGroupType,
  timestamps,
  withReplica,
  withReplicaGroups,
  withSource,
} from "./givenDatabase";
import { useRds } from "./rds";
import { describeResources, type ResourceCase } from "./suite";

const aws = useRds(rdsResources);
const rds = (where?: string) => aws.outside().client(RDSClient, where);

/** What RDS never tells. */
const notRead = [
  ...["password", "applyImmediately", "skipFinalSnapshot", "finalSnapshotIdentifier", "deleteAutomatedBackups"],
  ...["restoreToPointInTime", "engineVersion", "region", "maintenanceWindow", "vpcSecurityGroupIds[0]", "vpcSecurityGroupIds[1]"],
];

const rows: ResourceCase[] = [
  {
    type: instanceType,
    prepare: groupsIn(region),
    inputs: fresh,
    outputs: (_, unique) => ({
      arn: `arn:aws:rds:${region}:000000000000:db:${unique}`,
      address: "127.0.0.1",
      engineVersion: "15",
      engineVersionActual: "15.9",
      kmsKeyId: key(region),
      multiAz: false,
      status: "available",
      latestRestorableTime: "2026-01-31T12:00:00Z",
      maintenanceWindow: "Sun:03:00-Sun:04:00",
      vpcSecurityGroupIds: ["sg-b", "sg-a"],
      tagsAll: { owner: "test" },
    }),
    update: (given, unique) => ({
      ...fresh(given, unique),
      instanceClass: "db.m6g.xlarge",
      allocatedStorage: 40,
      multiAz: true,
      backupRetentionPeriod: 14,
      password: "battery-staple",
      vpcSecurityGroupIds: ["sg-c"],
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: `${unique}-final`,
      tags: { tier: "critical" },
    }),
    replace: { because: "storageEncrypted", inputs: (given, unique) => ({ ...fresh(given, unique), storageEncrypted: false }) },
    drift: async ({ inputs }) => {
      const DBInstanceIdentifier = String(inputs.identifier);
      await rds().send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, DeletionProtection: false, BackupRetentionPeriod: 1 }));
    },
    notRead,
  },
  {
    type: instanceType,
    about: "restored to a time from backups of another region",
    prepare: withReplica,
    inputs: restored,
    outputs: (_, unique) => ({
      arn: `arn:aws:rds:${otherRegion}:000000000000:db:${unique}`,
      username: "acme",
      dbName: "acme",
      allocatedStorage: 20,
      backupRetentionPeriod: 7,
    }),
    update: (given, unique) => ({ ...restored(given, unique), backupRetentionPeriod: 14 }),
    replace: {
      because: "restoreToPointInTime",
      inputs: (given, unique) => {
        const { restoreToPointInTime: _restore, ...rest } = restored(given, unique);
        return rest;
      },
    },
    drift: async ({ outputs }) => {
      await rds(otherRegion).send(
        new AddTagsToResourceCommand({ ResourceName: String(outputs.arn), Tags: [{ Key: "owner", Value: "somebody" }] }),
      );
    },
    notImported: "an import looks in the provider's region, and this is in another",
  },
  {
    type: instanceType,
    about: "that replicates one of another region, and is promoted by its program",
    prepare: withReplicaGroups,
    inputs: replicated,
    outputs: (given, unique) => ({
      arn: `arn:aws:rds:${otherRegion}:000000000000:db:${unique}`,
      replicateSourceDb: arnOf(given.source),
      username: "acme",
      dbName: "acme",
      engine: "postgres",
      allocatedStorage: 20,
      backupRetentionPeriod: 0,
      parameterGroupName: unique,
      availabilityZone: `${otherRegion}b`,
      multiAz: false,
    }),
    update: (given, unique) => {
      const { replicateSourceDb: _source, availabilityZone: _zone, ...released } = replicated(given, unique);
      return { ...released, backupRetentionPeriod: 7, multiAz: true, password: "battery-staple", deletionProtection: false };
    },
    replace: { because: "kmsKeyId", inputs: (given, unique) => ({ ...replicated(given, unique), kmsKeyId: `${key(otherRegion)}2` }) },
    drift: async ({ inputs }) => {
      await rds(otherRegion).send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: String(inputs.identifier) }));
    },
    notImported: "an import looks in the provider's region, and this is in another",
  },
  {
    type: replicationType,
    prepare: async (engine, unique) => {
      const { source, ...rest } = await withSource(engine, unique);
      return { ...rest, ...(source === undefined ? {} : { source }) };
    },
    inputs: ({ source }) => ({ region: otherRegion, sourceDbInstanceArn: arnOf(source), kmsKeyId: key(otherRegion), retentionPeriod: 14 }),
    outputs: () => ({ retentionPeriod: 14, kmsKeyId: key(otherRegion) }),
    replace: {
      because: "retentionPeriod",
      inputs: ({ source }) => ({ region: otherRegion, sourceDbInstanceArn: arnOf(source), kmsKeyId: key(otherRegion), retentionPeriod: 7 }),
    },
    drift: async ({ inputs }) => {
      const SourceDBInstanceArn = String(inputs.sourceDbInstanceArn);
      await rds(otherRegion).send(new StopDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn }));
    },
    notImported: "an import looks in the provider's region, and this is in another",
  },
  {
    type: subnetGroupType,
    inputs: (_, unique) => ({ name: unique, subnetIds: ["subnet-b", "subnet-a"], tags: { owner: "test" } }),
    outputs: (_, unique) => ({
      arn: `arn:aws:rds:${region}:000000000000:subgrp:${unique}`,
      vpcId: "vpc-1",
      description: "Managed by Pulumi",
      tagsAll: { owner: "test" },
    }),
    update: (_, unique) => ({ name: unique, description: "Databases", subnetIds: ["subnet-a", "subnet-c"], tags: { tier: "critical" } }),
    replace: { because: "name", inputs: (_, unique) => ({ name: `${unique}-2`, subnetIds: ["subnet-a", "subnet-b"] }) },
    drift: async ({ id }) => {
      await rds().send(new ModifyDBSubnetGroupCommand({ DBSubnetGroupName: id, SubnetIds: ["subnet-x", "subnet-y"] }));
    },
  },
  {
    type: parameterGroupType,
    inputs: (_, unique) => ({ name: unique, family: "postgres15", parameters: [timestamps, forced], tags: { owner: "test" } }),
    outputs: (_, unique) => ({
      arn: `arn:aws:rds:${region}:000000000000:pg:${unique}`,
      parameters: [timestamps, { ...forced, applyMethod: "immediate" }],
    }),
    update: (_, unique) => ({ name: unique, family: "postgres15", parameters: [forced, { name: "work_mem", value: "8192" }] }),
    replace: { because: "family", inputs: (_, unique) => ({ name: unique, family: "postgres16" }) },
    drift: async ({ id }) => {
      const Parameters = [{ ParameterName: "work_mem", ParameterValue: "64", ApplyMethod: "immediate" as const }];
      await rds().send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: id, Parameters }));
    },
    notRead: ["skipDestroy"],
  },
];

describeResources(aws.plugin, rdsResources, rows);

test("a replication with a signed URL of the program's own is refused by name", async () => {
  const inputs = { region: otherRegion, sourceDbInstanceArn: "arn:aws:rds:us-east-1:000000000000:db:acme", preSignedUrl: "https://rds" };

  await expect(aws.plugin().check(replicationType, "backups", inputs)).rejects.toThrow(
    /does not implement the property preSignedUrl of aws:rds\/instanceAutomatedBackupsReplication/,
  );
});

test("a group whose name has capitals is refused: RDS would keep another", async () => {
  const inputs = { name: "Acme", subnetIds: ["subnet-a"] };

  await expect(aws.plugin().check(subnetGroupType, "subnets", inputs)).rejects.toThrow("name: is Acme; RDS allows lower case only");
});
