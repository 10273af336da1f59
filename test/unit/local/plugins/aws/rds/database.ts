import type { DBInstance } from "@aws-sdk/client-rds";
import { type Properties, Unfinished } from "../../../../../../local/plugins/protocol/resource";
import type { Answers } from "./stub";

export const id = "db-ABCDEFGHIJ";
export const running: DBInstance = {
  DBInstanceIdentifier: "acme-postgres",
  DbiResourceId: id,
  DBInstanceArn: "arn:aws:rds:eu-west-1:000000000000:db:acme-postgres",
  DBInstanceStatus: "available",
  DBInstanceClass: "db.m6g.large",
  Engine: "postgres",
  EngineVersion: "15.9",
  MasterUsername: "acme",
  DBName: "acme",
  AllocatedStorage: 20,
  StorageType: "gp3",
  StorageEncrypted: true,
  KmsKeyId: "arn:aws:kms:eu-west-1:000000000000:key/1",
  BackupRetentionPeriod: 7,
  MultiAZ: false,
  Endpoint: { Address: "127.0.0.1", Port: 5433, HostedZoneId: "Z1" },
  DBSubnetGroup: { DBSubnetGroupName: "acme-postgres" },
  DBParameterGroups: [{ DBParameterGroupName: "acme-postgres" }],
  VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-1", Status: "active" }],
  LatestRestorableTime: new Date("2026-01-31T12:00:00.123Z"),
};

/** Inputs after a check: with their defaults. */
export const inputs: Properties = {
  region: "eu-west-1",
  identifier: "acme-postgres",
  engine: "postgres",
  engineVersion: "15",
  instanceClass: "db.m6g.large",
  storageEncrypted: true,
  publiclyAccessible: false,
  copyTagsToSnapshot: false,
  deleteAutomatedBackups: true,
  deletionProtection: false,
  skipFinalSnapshot: true,
  applyImmediately: true,
  autoMinorVersionUpgrade: true,
  dbSubnetGroupName: "acme-postgres",
  parameterGroupName: "acme-postgres",
  vpcSecurityGroupIds: ["sg-1"],
  password: "hunter2",
};
export const fresh: Properties = { ...inputs, allocatedStorage: 20, username: "acme", dbName: "acme", backupRetentionPeriod: 7 };
export const backups = "arn:aws:rds:eu-west-1:000000000000:auto-backup:ab-1";
export const restored: Properties = {
  ...inputs,
  restoreToPointInTime: { sourceDbInstanceAutomatedBackupsArn: backups, restoreTime: "2026-01-31T12:00:00Z" },
};

export const sourceArn = "arn:aws:rds:us-east-1:000000000000:db:acme-postgres";
const { engine: _engine, engineVersion: _version, password: _password, ...ofReplica } = inputs;
export const replica: Properties = {
  ...ofReplica,
  replicateSourceDb: sourceArn,
  kmsKeyId: "arn:aws:kms:eu-west-1:000000000000:key/1",
  availabilityZone: "eu-west-1b",
};
export const replicating: DBInstance = {
  ...running,
  ReadReplicaSourceDBInstanceIdentifier: sourceArn,
  AvailabilityZone: "eu-west-1b",
  BackupRetentionPeriod: 0,
};

export const { signal } = new AbortController();
export const describing = (...found: readonly DBInstance[]): Answers["x"] => {
  let asked = 0;
  return () => ({ DBInstances: [found[Math.min(asked++, found.length - 1)]] });
};
export const started = () => ({ DBInstance: { ...running, DBInstanceStatus: "creating" } });
export const answers: Answers = {
  DescribeDBInstances: describing(running),
  CreateDBInstance: started,
  CreateDBInstanceReadReplica: started,
  PromoteReadReplica: () => ({}),
  RebootDBInstance: () => ({}),
  RestoreDBInstanceToPointInTime: started,
  RestoreDBInstanceFromDBSnapshot: started,
  ModifyDBInstance: () => ({}),
  DescribeEvents: () => ({ Events: [] }),
};

export const unfinished = async (work: Promise<unknown>): Promise<Unfinished> => {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (thrown instanceof Unfinished) return thrown;
  throw new Error(`not Unfinished: ${thrown}`);
};
