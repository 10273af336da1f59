import { otherRegion, region } from "./aws";
import type { Engine, State } from "./engine";
import type { Given } from "./suite";

export const instanceType = "aws:rds/instance:Instance";
export const replicationType = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
export const subnetGroupType = "aws:rds/subnetGroup:SubnetGroup";
export const parameterGroupType = "aws:rds/parameterGroup:ParameterGroup";

export const key = (where: string) => `arn:aws:kms:${where}:000000000000:key/1`;
export const forced = { name: "rds.force_ssl", value: "1" };
export const timestamps = { name: "track_commit_timestamp", value: "1", applyMethod: "pending-reboot" };
export const idOf = (state: State | undefined): string => state?.id ?? "";
export const arnOf = (state: State | undefined): string => String(state?.outputs.arn ?? "");

/** The groups that an instance stands in, in one region. */
export const groupsIn = (where: string) => async (engine: Engine, unique: string) => ({
  subnets: await engine.create(subnetGroupType, "subnets", { region: where, name: unique, subnetIds: ["subnet-a", "subnet-b"] }),
  parameters: await engine.create(parameterGroupType, "parameters", {
    region: where,
    name: unique,
    family: "postgres15",
    parameters: [forced, timestamps],
  }),
});

export const inGroups = (given: Given) => ({
  dbSubnetGroupName: idOf(given.subnets),
  parameterGroupName: idOf(given.parameters),
  vpcSecurityGroupIds: ["sg-b", "sg-a"],
});

export const fresh = (given: Given, unique: string) => ({
  ...inGroups(given),
  identifier: unique,
  engine: "postgres",
  engineVersion: "15",
  instanceClass: "db.m6g.large",
  allocatedStorage: 20,
  storageType: "gp3",
  storageEncrypted: true,
  kmsKeyId: key(region),
  dbName: "acme",
  username: "acme",
  password: "correct-horse",
  backupRetentionPeriod: 7,
  backupWindow: "01:00-01:30",
  maintenanceWindow: "Sun:03:00-Sun:04:00",
  copyTagsToSnapshot: true,
  deleteAutomatedBackups: true,
  skipFinalSnapshot: true,
  applyImmediately: true,
  tags: { owner: "test" },
});

export const withSource = async (engine: Engine, unique: string): Promise<Given> => {
  const given = await groupsIn(region)(engine, unique);
  return { ...given, source: await engine.create(instanceType, "source", fresh(given, `${unique}-source`)) };
};

/** What the recovery region has before anything is lost: groups, and a replica of the backups. */
export const withReplica = async (engine: Engine, unique: string): Promise<Given> => {
  const { source, ...here } = await withSource(engine, unique);
  const there = await groupsIn(otherRegion)(engine, unique);
  const backups = await engine.create(replicationType, "backups", {
    region: otherRegion,
    sourceDbInstanceArn: arnOf(source),
    kmsKeyId: key(otherRegion),
  });
  return {
    ...Object.fromEntries(Object.entries(here).map(([name, state]) => [`${name}Here`, state])),
    source: source ?? backups,
    ...there,
    backups,
  };
};

export const restored = (given: Given, unique: string) => ({
  ...inGroups(given),
  region: otherRegion,
  identifier: unique,
  engine: "postgres",
  engineVersion: "15",
  instanceClass: "db.m6g.large",
  storageEncrypted: true,
  kmsKeyId: key(otherRegion),
  password: "battery-staple",
  skipFinalSnapshot: true,
  applyImmediately: true,
  restoreToPointInTime: { sourceDbInstanceAutomatedBackupsArn: idOf(given.backups), restoreTime: "2026-01-31T12:00:00Z" },
});

/** A source here, and the groups of a replica of it in the other region. */
export const withReplicaGroups = async (engine: Engine, unique: string): Promise<Given> => {
  const { source, ...here } = await withSource(engine, unique);
  const there = await groupsIn(otherRegion)(engine, unique);
  return {
    ...Object.fromEntries(Object.entries(here).map(([name, state]) => [`${name}Here`, state])),
    ...(source === undefined ? {} : { source }),
    ...there,
  };
};

export const replicated = (given: Given, unique: string) => ({
  ...inGroups(given),
  region: otherRegion,
  identifier: unique,
  replicateSourceDb: arnOf(given.source),
  instanceClass: "db.m6g.large",
  storageEncrypted: true,
  kmsKeyId: key(otherRegion),
  availabilityZone: `${otherRegion}b`,
  skipFinalSnapshot: true,
  applyImmediately: true,
  tags: { owner: "test" },
});
