import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  type DBInstanceAutomatedBackup,
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeEventsCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  StartDBInstanceAutomatedBackupsReplicationCommand,
  waitUntilDBInstanceAvailable,
  waitUntilDBInstanceDeleted,
  waitUntilDBSnapshotAvailable,
} from "@aws-sdk/client-rds";
import { Client } from "pg";
import { type Rds, readSoftware, type Software } from "../../local/rds";
import { createDatabaseEngine, type LocalDatabaseEngine } from "../../local/rds/postgres";
import { pythonTool } from "../support/python-tool";
import { account, givenRds, keyOf, primary, recovery } from "../unit/local/rds/givenRds";
import { type ServedRds, serveRds } from "../unit/local/rds/serveRds";

const binDirectory = "/usr/lib/postgresql/15/bin";
const password = "a-secret-of-some-length";
let root: string;
let engine: LocalDatabaseEngine;
let software: Software;
let rds: Rds;
let served: ServedRds;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-rds-"));
  engine = await createDatabaseEngine({
    binDirectory,
    python: join(dirname(await pythonTool("ministack")), "python"),
    dataRoot: join(root, "data"),
    logDirectory: join(root, "logs"),
    now: () => new Date(),
  });
  software = await readSoftware(binDirectory);
  const settings = {
    automatedBackupReplicationLagSeconds: 0.2,
    snapshotCopyLagSeconds: 0,
    walShippingSeconds: 0.5,
    baseBackupIntervalSeconds: 86_400,
    replicaLagSeconds: 0,
    replicaLagMetricSeconds: 60,
  };
  const random = (): number => randomBytes(4).readUInt32BE() / 2 ** 32;
  ({ rds } = await givenRds({ engine, clock: { now: () => new Date() }, random, software, settings }));
  served = await serveRds(rds);
});

afterAll(async () => {
  await served?.stop();
  await rds?.stop();
  rmSync(root, { recursive: true, force: true });
});

const js = (region: string) => new RDSClient({ endpoint: served.url, region, credentials: { accessKeyId: "t", secretAccessKey: "t" } });
const wait = (client: RDSClient) => ({ client, maxWaitTime: 50, minDelay: 0.1, maxDelay: 0.2 });

const availableOrWhy = async (client: RDSClient, id: string): Promise<void> => {
  try {
    await waitUntilDBInstanceAvailable(wait(client), { DBInstanceIdentifier: id });
  } catch {
    const { Events } = await client.send(new DescribeEventsCommand({ SourceIdentifier: id, SourceType: "db-instance" }));
    throw new Error(`${id} does not become available: ${Events?.map(({ Message }) => Message).join("; ")}`);
  }
};

const endpointOf = async (client: RDSClient, id: string): Promise<{ host: string; port: number }> => {
  await availableOrWhy(client, id);
  const { DBInstances: [found] = [] } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
  return { host: found?.Endpoint?.Address ?? "", port: found?.Endpoint?.Port ?? 0 };
};

/** As an application connects: verified TLS, the master user's password. */
const query = async (at: { host: string; port: number }, sql: string, secret = password): Promise<readonly (readonly unknown[])[]> => {
  const ssl = { ca: readFileSync(engine.caFile, "utf8") };
  const client = new Client({ ...at, user: "lifeboat", password: secret, database: "app", ssl });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: "array" });
    return rows;
  } finally {
    await client.end();
  }
};

const instance = {
  DBInstanceIdentifier: "db1",
  DBInstanceClass: "db.t4g.medium",
  Engine: "postgres",
  EngineVersion: "15",
  AllocatedStorage: 20,
  DBName: "app",
  MasterUsername: "lifeboat",
  MasterUserPassword: password,
  BackupRetentionPeriod: 7,
  StorageEncrypted: true,
  KmsKeyId: keyOf(primary),
  DBParameterGroupName: "pg",
};

const replicated = async (after: Date): Promise<DBInstanceAutomatedBackup> => {
  for (;;) {
    const { DBInstanceAutomatedBackups: [backup] = [] } = await js(recovery).send(
      new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: "db1" }),
    );
    if (backup?.RestoreWindow?.LatestTime !== undefined && backup.RestoreWindow.LatestTime >= after) return backup;
    await sleep(100);
  }
};

it("describes what the binaries are", async () => {
  expect(software).toMatchObject({ version: expect.stringMatching(/^15\.\d+$/), family: "postgres15" });
  expect(software.parameters.get("max_connections")).toMatchObject({ applyType: "static", dataType: "integer", modifiable: true });
  expect(software.parameters.get("datestyle")).toMatchObject({ setting: "DateStyle", applyType: "dynamic" });
  expect(software.parameters.get("archive_command")).toMatchObject({ modifiable: false });
  const { Parameters } = await js(primary).send(
    new DescribeDBParametersCommand({ DBParameterGroupName: "default.postgres15", Source: "system" }),
  );
  expect(Parameters).toEqual([expect.objectContaining({ ParameterName: "rds.force_ssl", ParameterValue: "1" })]);
});

it("restores in another region to a time, from what was replicated before the region with everything in it was lost", async () => {
  const [here, there] = [js(primary), js(recovery)];
  const pg = { DBParameterGroupName: "pg", DBParameterGroupFamily: "postgres15", Description: "d" };
  await here.send(new CreateDBParameterGroupCommand(pg));
  const wanted = { track_commit_timestamp: "1", datestyle: "ISO, YMD" };
  const Parameters = Object.entries(wanted).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
    ApplyMethod: "pending-reboot" as const,
  }));
  await here.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: "pg", Parameters }));
  await here.send(new CreateDBInstanceCommand(instance));
  const source = await endpointOf(here, "db1");
  const SourceDBInstanceArn = `arn:aws:rds:${primary}:${account}:db:db1`;
  await there.send(new StartDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn, KmsKeyId: keyOf(recovery) }));
  await query(source, "CREATE TABLE commits (id int PRIMARY KEY)");
  await query(source, "INSERT INTO commits VALUES (1)");
  await sleep(1100);
  const [[between]] = (await query(source, "SELECT date_trunc('milliseconds', clock_timestamp())")) as [[Date]];
  await sleep(1100);
  await query(source, "INSERT INTO commits VALUES (2)");
  const afterBoth = new Date();
  const backup = await replicated(afterBoth);
  const facts = rds.instances(primary)[0]?.server;

  expect(
    await query(
      source,
      "SELECT current_setting('track_commit_timestamp'), current_setting('DateStyle'), ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    ),
  ).toEqual([["on", "ISO, YMD", true]]);
  rds.suspend(primary);
  const lost = await rds.loseRegion(primary);
  const restore = { SourceDBInstanceAutomatedBackupsArn: backup.DBInstanceAutomatedBackupsArn };
  const future = new Date(Date.now() + 3_600_000);
  const refused = await there
    .send(new RestoreDBInstanceToPointInTimeCommand({ ...restore, TargetDBInstanceIdentifier: "late", RestoreTime: future }))
    .catch((error: Error) => error);
  await there.send(new RestoreDBInstanceToPointInTimeCommand({ ...restore, TargetDBInstanceIdentifier: "at-time", RestoreTime: between }));
  await there.send(
    new RestoreDBInstanceToPointInTimeCommand({ ...restore, TargetDBInstanceIdentifier: "latest", UseLatestRestorableTime: true }),
  );
  const atTime = await endpointOf(there, "at-time");
  const latest = await endpointOf(there, "latest");

  expect(lost).toEqual({ pids: [facts?.pid], directories: expect.arrayContaining([facts?.dataDirectory]) });
  expect(existsSync(facts?.dataDirectory ?? "/")).toBe(false);
  expect(refused).toMatchObject({
    name: "InvalidParameterValue",
    message: expect.stringMatching(/Restorable: from .* to .*Nearest usable times: /),
  });
  expect(rds.instances(recovery).map(({ identifier }) => identifier)).toEqual(["at-time", "latest"]);
  expect(await query(atTime, "SELECT id FROM commits ORDER BY id")).toEqual([[1]]);
  expect(await query(latest, "SELECT id FROM commits ORDER BY id")).toEqual([[1], [2]]);
  expect(
    await query(latest, "SELECT pg_is_in_recovery(), current_setting('DateStyle'), rolsuper FROM pg_roles WHERE rolname = current_user"),
  ).toEqual([[false, "ISO, MDY", false]]);
  rds.resume(primary);
  const { Events } = await there.send(new DescribeEventsCommand({ SourceIdentifier: "at-time", SourceType: "db-instance" }));
  expect(Events?.map(({ Message }) => Message)).toContain(`Restored from DB instance db1 to ${between.toISOString()}`);
}, 120_000);

it("changes the password, reboots with new parameters, and comes back from its final snapshot", async () => {
  const here = js(recovery);
  const least = { ...instance, DBInstanceIdentifier: "db2", KmsKeyId: keyOf(recovery), DBParameterGroupName: "pg2" };
  const pg = { DBParameterGroupName: "pg2", DBParameterGroupFamily: "postgres15", Description: "d" };
  await here.send(new CreateDBParameterGroupCommand(pg));
  await here.send(new CreateDBInstanceCommand(least));
  const before = await endpointOf(here, "db2");
  await query(before, "CREATE TABLE kept AS SELECT 42 AS answer");

  await here.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: "db2", MasterUserPassword: "another-secret", ApplyImmediately: true }),
  );
  await waitUntilDBInstanceAvailable(wait(here), { DBInstanceIdentifier: "db2" });
  const change = { ParameterName: "max_connections", ParameterValue: "33", ApplyMethod: "pending-reboot" as const };
  await here.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: "pg2", Parameters: [change] }));
  const waiting = await here.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "db2" }));
  await here.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "db2" }));
  const after = await endpointOf(here, "db2");
  await expect(query(after, "SELECT 1")).rejects.toThrow("password authentication failed");
  const connections = await query(after, "SELECT current_setting('max_connections')", "another-secret");
  await here.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: "db2", DBSnapshotIdentifier: "by-hand" }));
  await waitUntilDBSnapshotAvailable(wait(here), { DBSnapshotIdentifier: "by-hand" });
  await waitUntilDBInstanceAvailable(wait(here), { DBInstanceIdentifier: "db2" });
  await here.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "db2", FinalDBSnapshotIdentifier: "last" }));
  await waitUntilDBInstanceDeleted(wait(here), { DBInstanceIdentifier: "db2" });
  await here.send(new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: "db3", DBSnapshotIdentifier: "last" }));
  const restored = await endpointOf(here, "db3");

  expect(waiting.DBInstances?.[0]?.DBParameterGroups).toEqual([{ DBParameterGroupName: "pg2", ParameterApplyStatus: "pending-reboot" }]);
  expect([after.port, connections]).toEqual([before.port, [["33"]]]);
  expect(await query(restored, "SELECT answer FROM kept", "another-secret")).toEqual([[42]]);
}, 120_000);
