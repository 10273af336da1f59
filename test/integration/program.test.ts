import { DescribeDBInstancesCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { z } from "zod";
import { run, waitUntil } from "../../local/process";
import { silentProgress } from "../../local/progress";
import type { LocalStack, StackConfig } from "../../local/stacks";
import { loadCorpus } from "../../local/workload/corpus";
import { createLedger } from "../../local/workload/ledger";
import { connectWith } from "../../local/workload/target";
import { startWorkload } from "../../local/workload/writer";
import { drProfile, prodProfile, REGIONS, SYSTEM, vaultBucket } from "../../ops/drill/profile";
import { waitForRestorableTime, waitForUsablePoint } from "../../ops/drill/protected";
import { RecoveryOutputs } from "../../ops/drill/recovery";
import { asOfMsOfKey, pointKey, seriesPrefix } from "../../recovery/catalogue/keys";
import { LiveEndpoints } from "../../recovery/catalogue/standing";
import { messageOf } from "../../recovery/errors";
import { databaseNames, functionName, parameterNames, RESERVED_DOCUMENTS_PREFIX } from "../../recovery/names";
import { PROJECT, startTestBed, type TestBed } from "./support/embedded";

const DrillOutputs = RecoveryOutputs.omit({ cutOver: true });
const DOCUMENTS = 40;
const OPERATION_MS = 300_000;
const REPLICA = databaseNames(SYSTEM).replica;
/** No export is due while the tests run, however slow the machine: one is made when a test asks for it. */
const unhurried = (bed: TestBed): StackConfig => {
  const profile = prodProfile(bed.aws);
  const tiers = z.record(z.string(), z.unknown()).parse(profile["lifeboat:tiers"]);
  const chroma = z.record(z.string(), z.unknown()).parse(profile["lifeboat:chroma"]);
  return {
    ...profile,
    "lifeboat:tiers": { ...tiers, "drill-chroma": { rto: "300s", rpo: "72h" } },
    "lifeboat:chroma": { ...chroma, schedule: "rate(1 day)" },
  };
};
const NO_CHANGES = { create: 0, update: 0, delete: 0, replace: 0 };

const failureOf = async (act: Promise<unknown>): Promise<string> => {
  try {
    await act;
  } catch (error) {
    return messageOf(error);
  }
  return "";
};

// The tests are one story, in this order: each step needs the one before.
describe("the program on the embedded AWS", () => {
  let bed: TestBed;
  let prod: LocalStack;
  let dr: LocalStack;
  let restorable: Date;

  beforeAll(async () => {
    bed = await startTestBed();
  }, 300_000);

  afterAll(async () => {
    await bed?.stop();
  });

  const recoveryInstances = () =>
    bed.aws.rds
      .instances(REGIONS.recovery)
      .map(({ identifier }) => identifier)
      .sort();

  const isReplica = async (): Promise<boolean> => {
    const { DBInstances = [] } = await bed.recoveryRds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: REPLICA }));
    return DBInstances[0]?.ReadReplicaSourceDBInstanceIdentifier !== undefined;
  };

  test(
    "a configuration with failures creates nothing, and names every failure",
    async () => {
      const overlay = {
        ...prodProfile(bed.aws),
        "lifeboat:regions": { primary: "us-east-1", recovery: "us-east-1" },
        "lifeboat:chroma": { tier: "gold", schedule: "rate(1 minute)", maxDuration: "60s", alarmAt: "60s" },
      };
      const broken = await bed.stack("prod", overlay);

      const message = await failureOf(broken.up());

      expect(message).toContain('primary and recovery are both "us-east-1"');
      expect(message).toContain('chroma.tier: "gold" is not a tier');
      expect(message).toContain("Hint: Mend Pulumi.prod.yaml");
      expect(await bed.bucketNames()).toEqual(Object.values(bed.aws.stateBuckets).sort());
    },
    OPERATION_MS,
  );

  test(
    "preview shows what up would create, and creates nothing",
    async () => {
      prod = await bed.stack("prod", unhurried(bed), "atEnd");

      const { changes } = await prod.preview();

      expect(changes.create).toBeGreaterThan(100);
      expect(await bed.bucketNames()).toEqual(Object.values(bed.aws.stateBuckets).sort());
    },
    OPERATION_MS,
  );

  test(
    "up creates it; a second up and a refresh change nothing",
    async () => {
      const first = await prod.up();
      const second = await prod.up();
      const refreshed = await prod.refresh();

      // The stack itself is there since the first attempt.
      const unchanged = { same: first.changes.create + first.changes.same, create: 0, update: 0, delete: 0, replace: 0 };
      expect(first.changes.create).toBeGreaterThan(100);
      expect(second.changes).toEqual(unchanged);
      expect(refreshed.changes).toEqual(unchanged);
    },
    OPERATION_MS,
  );

  test(
    "dr without a usable recovery point says so, in a preview already, and creates nothing",
    async () => {
      dr = await bed.stack("dr", drProfile(bed.aws, "drill", "latest"));

      for (const message of [await failureOf(dr.preview()), await failureOf(dr.up())]) {
        expect(message).toContain("[no-recovery-point]");
        expect(message).toContain("chroma: the catalogue has no recovery point");
        expect(message).toContain("nothing was created");
      }
      expect(bed.aws.pods.recovery.processes()).toEqual([]);
    },
    OPERATION_MS,
  );

  test(
    "a time that cannot be restored to is refused with the window, and nothing is made",
    async () => {
      restorable = await loadAndProtect(bed, await bed.parameter(parameterNames(SYSTEM).live));
      const future = new Date(Date.now() + 3_600_000);
      dr = await bed.stack("dr", drProfile(bed.aws, "drill", "point-in-time", future));

      const message = await failureOf(dr.up());

      expect(message).toContain("[no-recovery-point]");
      expect(message).toContain(future.toISOString());
      expect(message).toContain("nothing was created");
      expect(message).toMatch(/it is in the future.*restorable: \S+Z to \S+Z; nearest usable: \S+Z/);
      expect(recoveryInstances()).toEqual([REPLICA]);
    },
    OPERATION_MS,
  );

  test(
    "a drill restores to a time beside the live system though its point is hidden and a newer one is forged, and a second up changes nothing",
    async () => {
      const forged = await hideAndForge(bed);
      const before = await bed.parameter(parameterNames(SYSTEM).live);
      dr = await bed.stack("dr", drProfile(bed.aws, "drill", "point-in-time", restorable));

      const first = await dr.up();
      const second = await dr.up();

      const outputs = DrillOutputs.parse(first.outputs);
      const { Contents = [] } = await bed.recoveryS3.send(new ListObjectsV2Command({ Bucket: outputs.documentsBucket }));
      const restored = Contents.filter(({ Key }) => !Key?.startsWith(RESERVED_DOCUMENTS_PREFIX));
      expect(outputs.documentsBucket).toMatch(/^acme-recovered-/);
      expect(restored).toHaveLength(DOCUMENTS);
      expect(outputs.plan.stores.postgres?.asOf).toBe(new Date(Math.floor(restorable.getTime() / 1000) * 1000).toISOString());
      expect(outputs.plan.stores.chroma?.passedOver).toContainEqual({ key: forged, reason: expect.stringContaining("not authentic") });
      expect(outputs.postgres).toMatchObject({ passed: true, tables: 4 });
      expect(recoveryInstances()).toEqual([REPLICA, databaseNames(SYSTEM).recoveredInstance(outputs.recoveryId)].sort());
      expect(await isReplica()).toBe(true);
      expect(outputs.validation.passed).toBe(true);
      expect(second.changes).toEqual({ same: first.changes.create + first.changes.same, create: 0, update: 0, delete: 0, replace: 0 });
      expect(await bed.parameter(parameterNames(SYSTEM).live)).toBe(before);
    },
    OPERATION_MS,
  );

  test(
    "destroy takes the drill away and leaves what stands",
    async () => {
      const { changes } = await dr.destroy();

      expect(changes.delete).toBeGreaterThan(0);
      expect((await bed.bucketNames()).filter((name) => name.startsWith("acme-recovered-"))).toEqual([]);
      expect(bed.aws.pods.recovery.processes()).toEqual([]);
      expect(bed.aws.pods.primary.processes()).toHaveLength(1);
      expect(recoveryInstances()).toEqual([REPLICA]);
      expect(bed.aws.rds.instances(REGIONS.primary)).toMatchObject([{ identifier: databaseNames(SYSTEM).instance, status: "available" }]);
    },
    OPERATION_MS,
  );

  test(
    "a failover promotes the standing replica, and no later up, refresh or destroy of either stack undoes or deletes it",
    async () => {
      dr = await bed.stack("dr", drProfile(bed.aws, "failover", "latest"));
      const { plan, postgres } = RecoveryOutputs.parse((await dr.up()).outputs);
      const instance = () => bed.aws.rds.instances(REGIONS.recovery).find(({ identifier }) => identifier === REPLICA);
      // Its standby is made in the background, after the promotion was answered.
      const inService = { timeoutMs: OPERATION_MS, intervalMs: 200, what: "the promoted database's standby is in service" };
      await waitUntil(() => instance()?.multiAz === true && instance()?.server?.standby?.synchronous === true, inService);
      const promoted = instance();

      await dr.refresh();
      const secondOfDr = await dr.up();
      await prod.refresh();
      const laterOfProd = await prod.up();
      const destroys = [await failureOf(dr.destroy()), await failureOf(prod.destroy())];

      expect(plan.stores.postgres).toMatchObject({ method: "promotion", instance: REPLICA });
      expect(postgres).toMatchObject({ passed: true, endpoint: { port: promoted?.server?.port } });
      expect(secondOfDr.changes).toMatchObject(NO_CHANGES);
      expect(laterOfProd.changes).toMatchObject(NO_CHANGES);
      expect(destroys[0]).toMatch(/protect/);
      expect(destroys[1]).toMatch(/deletion protection/i);
      expect(bed.aws.rds.instances(REGIONS.recovery)).toEqual([{ ...promoted, status: "available" }]);
      expect(await isReplica()).toBe(false);
    },
    2 * OPERATION_MS,
  );

  test(
    "destroy of a disposable prod leaves nothing, once somebody has given the promoted database up",
    async () => {
      await bed.recoveryRds.send(
        new ModifyDBInstanceCommand({ DBInstanceIdentifier: REPLICA, DeletionProtection: false, ApplyImmediately: true }),
      );
      await prod.destroy();

      expect(await bed.bucketNames()).toEqual(Object.values(bed.aws.stateBuckets).sort());
      expect(bed.aws.pods.primary.processes()).toEqual([]);
      expect(bed.aws.rds.instances(REGIONS.primary)).toEqual([]);
      expect(bed.aws.rds.instances(REGIONS.recovery)).toEqual([]);
    },
    OPERATION_MS,
  );

  test("the checkout stays clean", async () => {
    const { stdout } = await run({
      command: "git",
      args: ["-C", PROJECT, "status", "--porcelain", "--", "Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.dr.yaml"],
    });

    expect(stdout).toBe("");
  });
});

/**
 * Loads a few documents as the application, then runs the export and the canary as their schedules would, and waits for the proof. Resolves to a
 * time that all of it can be recovered to.
 */
const loadAndProtect = async (bed: TestBed, live: string | undefined): Promise<Date> => {
  const { accessKeyId, secretAccessKey } = bed.aws.users.application;
  const now = () => new Date();
  const ledger = await createLedger(`${bed.runDir}/ledger.jsonl`);
  const workload = await startWorkload({
    endpoints: async () => LiveEndpoints.parse(JSON.parse(live ?? "")),
    connect: connectWith({
      endpoint: bed.aws.gateway.url,
      credentials: { accessKeyId, secretAccessKey },
      databaseCa: bed.aws.rds.ca,
    }),
    ledger,
    clock: now,
    random: () => 0.5,
    ratePerSecond: 1,
    corpus: await loadCorpus({ root: `${PROJECT}/node_modules`, documents: DOCUMENTS }),
  });
  await workload.load(silentProgress);
  await workload.stop();
  await ledger.close();
  const notBefore = now();
  await bed.aws.gateway.replication.idle();
  await bed.invoke(functionName(SYSTEM, "canary"));
  await bed.invoke(functionName(SYSTEM, "chroma-export"));
  await bed.aws.gateway.replication.idle();
  const question = { system: SYSTEM, series: "chroma", timeoutSeconds: 60, now, signal: new AbortController().signal };
  const { recoveryS3: recoveryRegionS3, recoveryAuthenticator: authenticator } = bed;
  await waitForUsablePoint({ ...question, notBefore, recoveryRegionS3, authenticator, vaultBucket }, silentProgress.step(""));
  const database = { instance: databaseNames(SYSTEM).instance, sourceRegion: REGIONS.primary };
  return waitForRestorableTime({ ...question, ...database, notBefore: now(), backups: bed.recoveryBackups }, silentProgress.step(""));
};

/** What an attacker does who may write into the vault: a delete marker over every entry, and an entry without a code that is newer than all. Returns its key. */
const hideAndForge = async (bed: TestBed): Promise<string> => {
  const Bucket = vaultBucket;
  const { Contents = [] } = await bed.recoveryS3.send(new ListObjectsV2Command({ Bucket, Prefix: seriesPrefix("chroma") }));
  const keys = Contents.flatMap(({ Key }) => Key ?? []);
  for (const Key of keys) await bed.recoveryS3.send(new DeleteObjectCommand({ Bucket, Key }));
  const forged = pointKey("chroma", new Date((asOfMsOfKey(keys[0] ?? "") ?? 0) + 1).toISOString(), "chroma-20261124T100000Z-ffff");
  await bed.recoveryS3.send(new PutObjectCommand({ Bucket, Key: forged, Body: '{"signed":{},"mac":"AAAA"}' }));
  return forged;
};
