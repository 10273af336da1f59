import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CreateVolumeCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, ReplicateSecretToRegionsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { build } from "esbuild";
import { ageLimits } from "../../infra/config/coverageLimits";
import { readProd } from "../../infra/config/read";
import { bundling } from "../../infra/functions/bundle";
import { servicePrincipalTrust } from "../../infra/iam/policy";
import { writeCanary } from "../../lambdas/canary/write";
import { cloudWatchLagMetrics } from "../../lambdas/configuration-export/metrics";
import { listBuckets } from "../../lambdas/coverage/aws/buckets";
import { currencyOf } from "../../lambdas/coverage/aws/configuration-currency";
import { listSecrets, replicaIn } from "../../lambdas/coverage/aws/secrets";
import { listVolumes } from "../../lambdas/coverage/aws/volumes";
import { CoverageResponse } from "../../lambdas/coverage/events";
import { sealArrivals } from "../../lambdas/seal/arrivals";
import { kmsAuthenticity } from "../../lambdas/shared/authenticity";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { noDeadline } from "../../lambdas/shared/deadline";
import type { ObjectStore } from "../../lambdas/shared/objects";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { provePoint } from "../../lambdas/verify/proof";
import { READERS } from "../../lambdas/verify/readers";
import { type CloudWatch, createCloudWatch } from "../../local/cloudwatch";
import { jobStarter } from "../../ops/lifeboat/backup/job";
import { jobsOf } from "../../ops/lifeboat/backup/kubernetes";
import type { Run } from "../../ops/lifeboat/backup/starter";
import { stateMachineStarter } from "../../ops/lifeboat/backup/state-machine";
import { pointsCommandWith } from "../../ops/lifeboat/points";
import { connectPoints } from "../../ops/lifeboat/points/connection";
import { connectVault } from "../../ops/lifeboat/vault";
import { measurementOf } from "../../recovery/estimates/measurement";
import { catalogueKeyAlias, parameterNames } from "../../recovery/names";
import { startTestPods, type TestPods, until } from "../support/pods";
import { committed } from "../unit/infra/config/stackFiles";
import { exportedPoint, fiveRecords, SYSTEM } from "../unit/lambdas/support/chroma-point";
import { memoryLog } from "../unit/lambdas/support/log";
import { primary, recovery, root, startTestAws, type TestAws } from "./support/emulator";

// What S3, KMS, Secrets Manager, EC2, Step Functions and Kubernetes answer to the operator's commands.
let aws: TestAws;
let cloudwatch: CloudWatch;
const access = () => ({ endpoint: aws.gateway.url, credentials: root });
const client = (region: string) => ({ ...access(), region });
const now = () => new Date();

beforeAll(async () => {
  cloudwatch = createCloudWatch({ clock: { now }, account: "000000000000", publish: async () => undefined });
  aws = await startTestAws({ lagSeconds: 0, cloudwatch: () => cloudwatch });
});
afterAll(async () => {
  await aws?.stop();
  await cloudwatch?.stop();
});

describe("what exists", () => {
  it("is listed: buckets with their regions, volumes with their claims, secrets with what they are copies of", async () => {
    const [secrets, copies] = [new SecretsManagerClient(client(primary)), new SecretsManagerClient(client(recovery))];
    for (const [region, Bucket] of [
      [primary, "here"],
      [recovery, "there"],
    ] as const)
      await new S3Client({ ...client(region), forcePathStyle: true }).send(
        new CreateBucketCommand({
          Bucket,
          ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: recovery } }),
        }),
      );
    await secrets.send(new CreateSecretCommand({ Name: "shop/db", SecretString: "x" }));
    await secrets.send(new CreateSecretCommand({ Name: "shop/api", SecretString: "x" }));
    await secrets.send(new ReplicateSecretToRegionsCommand({ SecretId: "shop/db", AddReplicaRegions: [{ Region: recovery }] }));
    const ec2 = new EC2Client(client(primary));
    const Tags = [
      { Key: "kubernetes.io/created-for/pvc/namespace", Value: "acme-chroma" },
      { Key: "kubernetes.io/created-for/pvc/name", Value: "data-chroma-0" },
    ];
    const { VolumeId } = await ec2.send(
      new CreateVolumeCommand({ AvailabilityZone: `${primary}a`, Size: 1, TagSpecifications: [{ ResourceType: "volume", Tags }] }),
    );

    const buckets = await listBuckets(new S3Client({ ...client(recovery), forcePathStyle: true }));
    const volumes = await listVolumes(ec2, primary);

    expect(buckets.map(({ name, region }) => [name, region])).toEqual(
      expect.arrayContaining([
        ["here", primary],
        ["there", recovery],
      ]),
    );
    expect(volumes.find(({ name }) => name === VolumeId)).toEqual({
      kind: "volume",
      name: VolumeId,
      aliases: ["pvc:acme-chroma/data-chroma-0"],
      region: primary,
    });
    expect((await listSecrets(secrets)).map(({ name }) => name).sort()).toEqual(["shop/api", "shop/db"]);
    expect((await listSecrets(copies)).map(({ name, primaryRegion }) => [name, primaryRegion])).toEqual([["shop/db", primary]]);
    expect((await replicaIn(secrets, "shop/db", recovery))?.status).toBe("InSync");
    expect(await replicaIn(secrets, "shop/api", recovery)).toBeUndefined();
  });
});

describe("when a subject of the configuration was last known to be exported", () => {
  it("is what its exporter has published, as far back as is asked", async () => {
    const metrics = new CloudWatchClient(client(recovery));
    const published = cloudWatchLagMetrics(metrics, SYSTEM);
    const at = now();
    const ago = (seconds: number) => new Date(at.getTime() - seconds * 1000);
    await published.lag("secrets", 7200, ago(300));
    await published.lag("secrets", 60, ago(1800));
    await published.lag("repositories/shop", 0, ago(10_800));
    const currentAt = currencyOf(metrics, SYSTEM);

    const secrets = await currentAt("secrets", at, 7200);

    // The newest datum says less than the one before it: known to be current is known. A period of a minute begins up to a minute before its datum.
    expect(secrets?.getTime()).toBeLessThanOrEqual(ago(1860).getTime());
    expect(secrets?.getTime()).toBeGreaterThan(ago(1920).getTime());
    expect(await currentAt("repositories/shop", at, 7200)).toBeUndefined();
    expect(await currentAt("repositories/shop", at, 90_000)).toBeDefined();
    expect(await currentAt("parameters", at, 7200)).toBeUndefined();
  });
});

describe("the function that looks for what nobody protects", () => {
  let folder: string;
  const before = { ...process.env };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lifeboat-coverage-"));
  });
  afterAll(async () => {
    process.env = before;
    await rm(folder, { recursive: true, force: true });
  });

  it("lists both regions as it is deployed, and takes a kind that it cannot list for unknown", async () => {
    const file = join(folder, "coverage.js");
    await build({
      ...bundling,
      entryPoints: [join(bundling.absWorkingDir, "lambdas/coverage/handler.ts")],
      outdir: undefined,
      outfile: file,
    });
    const settings = {
      ...{ regions: [primary, recovery], primaryRegion: primary, recoveryRegion: recovery, databaseInstance: "acme-postgres" },
      ...{ documentsBucket: "here", ownBuckets: ["there"], stateBuckets: [], repositories: [], exclusions: [] },
      chromaTenants: ["default_tenant"],
      oldest: ageLimits(readProd(committed("prod"))),
      chromaNamespace: "acme-chroma",
      chromaRestore: {
        ...{ tier: "critical", rtoSeconds: 3600, alarmSeconds: 600, clusterSeconds: 0 },
        ...{ assumedRecordsPerSecond: 800, volumeSnapshots: "off" },
      },
    };
    const settingsFile = join(folder, "settings.json");
    await writeFile(settingsFile, JSON.stringify(settings));
    process.env = {
      ...before,
      ...{ AWS_ENDPOINT_URL: aws.gateway.url, AWS_REGION: recovery, AWS_S3_FORCE_PATH_STYLE: "true" },
      ...{ AWS_ACCESS_KEY_ID: root.accessKeyId, AWS_SECRET_ACCESS_KEY: root.secretAccessKey },
      ...{ LIFEBOAT_SYSTEM: SYSTEM, VAULT_BUCKET: "there", DOCUMENTS_REPLICA_BUCKET: "there", CATALOGUE_KEY: "alias/none" },
      SETTINGS_FILE: settingsFile,
    };
    const { handler } = require(file) as { handler: (event: unknown, context: object) => Promise<unknown> };

    const answer = CoverageResponse.parse(
      await handler({ publish: false }, { awsRequestId: "r-1", getRemainingTimeInMillis: () => 60_000 }),
    );

    const verdicts = Object.fromEntries(
      answer.lines.map(({ kind, name, region = "", verdict }) => [`${kind} ${name} ${region}`.trim(), verdict]),
    );
    expect(verdicts).toMatchObject({
      // This test's emulator has no RDS.
      "database *": "unknown",
      [`bucket here ${primary}`]: "unprotected",
      [`bucket there ${recovery}`]: "own",
      [`secret shop/db ${primary}`]: "protected",
      [`secret shop/db ${recovery}`]: "own",
      [`secret shop/api ${primary}`]: "unprotected",
      "collection *": "unknown",
      // Nothing was exported here that could be restored in time.
      "restore-time chroma": "unprotected",
    });
    expect(answer.lines.filter(({ kind }) => kind === "volume").map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ["unprotected", "its content's exports, but no point of chroma has been sealed"],
    ]);
  });
});

const NOW = "2026-11-24T12:00:00.000Z";

describe("points", () => {
  it("are found by what stands in the recovery region alone, with the lock that S3 keeps and the code that KMS checks", async () => {
    const [s3, kms, ssm] = [
      new S3Client({ ...client(recovery), forcePathStyle: true }),
      new KMSClient(client(recovery)),
      new SSMClient(client(recovery)),
    ];
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }));
    await kms.send(new CreateAliasCommand({ AliasName: catalogueKeyAlias(SYSTEM), TargetKeyId: KeyMetadata?.KeyId }));
    await s3.send(
      new CreateBucketCommand({
        Bucket: "acme-vault",
        ObjectLockEnabledForBucket: true,
        CreateBucketConfiguration: { LocationConstraint: recovery },
      }),
    );
    await s3.send(new PutBucketVersioningCommand({ Bucket: "acme-vault", VersioningConfiguration: { Status: "Enabled" } }));
    const vault = s3Objects(s3, "acme-vault");
    const point = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);
    await sealAndProve(vault, kmsAuthenticity(kms, KeyMetadata?.Arn ?? ""), point);
    const restore = {
      ...{ tier: "critical", rtoSeconds: 3600, alarmSeconds: 600, clusterSeconds: 0 },
      ...{ assumedRecordsPerSecond: 800, volumeSnapshots: "off" },
    };
    const measured = measurementOf({
      ...{ schema: "lifeboat/recovery-result/1", system: SYSTEM, recoveryId: "drill-1", store: "chroma", pointId: point.pointId },
      ...{ startedAt: NOW, importedAt: NOW, verifiedAt: NOW, firstQueryAt: NOW, records: 5, checks: [], passed: true },
      measured: { added: { records: 5, bytes: 500, seconds: 5 }, readBack: { records: 5, seconds: 5 }, serverVersion: "1.0.0" },
    });
    const standing = {
      system: SYSTEM,
      buckets: { vault: "acme-vault", documentsReplica: "acme-replica", documentsVault: "d" },
      keyArn: "arn:aws:kms:eu-west-1:000000000000:key/1",
      functions: {},
      stores: ["chroma", "objects"],
      chroma: { port: 8000, clientCidr: "10.0.0.0/16", restore },
    };
    await vault.put(measured?.key ?? "", JSON.stringify(measured?.measurement), { contentType: "application/json", ifAbsent: true });
    await ssm.send(new PutParameterCommand({ Name: parameterNames(SYSTEM).standing, Type: "String", Value: JSON.stringify(standing) }));

    await s3.send(new CreateBucketCommand({ Bucket: "acme-replica", CreateBucketConfiguration: { LocationConstraint: recovery } }));
    await s3.send(new PutBucketVersioningCommand({ Bucket: "acme-replica", VersioningConfiguration: { Status: "Enabled" } }));
    const written = await writeCanary(s3Objects(s3, "acme-replica"), SYSTEM, now());

    let text = "";
    const command = pointsCommandWith((options) => connectPoints(access(), options));
    const io = {
      out: (said: string) => {
        text += said;
      },
      environment: {},
      projectDir: "/nowhere",
      now,
      signal: new AbortController().signal,
    };
    const code = await command.run(["--json", "--system", SYSTEM, "--region", recovery], io);

    expect(code).toBe(0);
    const { continuous, sets } = JSON.parse(text);
    expect(continuous).toEqual({ documents: expect.objectContaining({ bucket: "acme-replica", asOf: written.writtenAt, problem: null }) });
    expect(sets).toEqual({ sets: [], strangers: [], more: false });
    const [series] = JSON.parse(text).series;
    expect(series).toMatchObject({
      series: "chroma",
      points: [{ pointId: point.pointId, usable: true, counts: { atSource: 5, written: 5 } }],
    });
    expect(series.restore).toMatchObject({ recordsPerSecond: 0.5, expectedSeconds: 610, measuredBy: { recoveryId: "drill-1" } });
    expect(Date.parse(series.points[0].lockedUntil)).toBeGreaterThan(now().getTime() + 29 * 86_400_000);
  });

  it("are not looked for where nothing says that the system stands", async () => {
    await expect(connectVault(access(), { system: "nobody", recoveryRegion: recovery })).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("there is no such parameter"),
    });
  });

  const sealAndProve = async (
    vault: ObjectStore,
    key: ReturnType<typeof kmsAuthenticity>,
    { objects }: ReturnType<typeof exportedPoint>,
  ) => {
    const tools = {
      ...{ vault, signer: key, authenticator: key, catalogue: catalogueOf(vault, key), readers: READERS },
      ...{ log: memoryLog().log, now, deadline: noDeadline, refused: async () => undefined },
    };
    const arrivals = [];
    for (const { key: name, body } of objects) {
      const { versionId } = await vault.put(name, body, { contentType: "application/octet-stream" });
      arrivals.push({ bucket: vault.bucket, key: name, versionId, arrivedAt: now() });
    }
    const { points } = await sealArrivals(tools, { system: SYSTEM, lockMode: "GOVERNANCE", backupRetentionDays: 30 }, arrivals);
    await provePoint(tools, SYSTEM, points[0]?.entryKey ?? "");
  };
});

const endOf = async (run: Run | undefined) => {
  let state = await run?.state();
  await until("the run ends", async () => {
    state = await run?.state();
    return state?.kind !== "running";
  });
  return state;
};

describe("starting an export", () => {
  it("by a state machine follows its execution to its end", async () => {
    const sfn = new SFNClient(client(primary));
    const AssumeRolePolicyDocument = servicePrincipalTrust("states.amazonaws.com", "000000000000");
    const { Role } = await new IAMClient(client(primary)).send(new CreateRoleCommand({ RoleName: "states", AssumeRolePolicyDocument }));
    const machine = async (name: string, state: Record<string, unknown>) => {
      const definition = JSON.stringify({ StartAt: "Only", States: { Only: state } });
      return (await sfn.send(new CreateStateMachineCommand({ name, definition, roleArn: Role?.Arn ?? "" }))).stateMachineArn ?? "";
    };
    const good = await machine("good", { Type: "Pass", End: true });
    const bad = await machine("bad", { Type: "Fail", Error: "ShortExport", Cause: "100 of 1,000,000" });

    expect(await endOf(await stateMachineStarter(sfn, "chroma", good).start())).toEqual({ kind: "succeeded" });
    expect(await endOf(await stateMachineStarter(sfn, "chroma", bad).start())).toEqual({
      kind: "failed",
      reason: "FAILED: ShortExport: 100 of 1,000,000",
    });
    expect(await stateMachineStarter(sfn, "chroma", good.replace("good", "none")).start()).toBeUndefined();
  });

  describe("by a job of a CronJob", () => {
    let pods: TestPods;
    let batch: BatchV1Api;
    beforeAll(async () => {
      pods = await startTestPods(primary);
      await pods.config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: "jobs" } } });
      batch = pods.config.makeApiClient(BatchV1Api);
    });
    afterAll(() => pods?.stop());

    const cronJob = (name: string, image: string) =>
      batch.createNamespacedCronJob({
        namespace: "jobs",
        body: {
          metadata: { name },
          spec: {
            schedule: "0 3 1 1 *",
            jobTemplate: {
              spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never", containers: [{ name: "only", image }] } } },
            },
          },
        },
      });

    it("runs its template at once, and follows it to its end", async () => {
      await cronJob("acme-postgres-dump", "done:1");
      await cronJob("acme-git-export", "fails:1");
      const jobs = jobsOf(async () => batch, "jobs");
      const starter = (name: string) => jobStarter(jobs, { store: "postgres", onChange: false }, name, "ab12");

      const good = await starter("acme-postgres-dump").start();

      expect(good?.name).toBe("acme-postgres-dump-manual-ab12");
      expect(await endOf(good)).toEqual({ kind: "succeeded" });
      expect(await endOf(await starter("acme-git-export").start())).toMatchObject({
        kind: "failed",
        reason: expect.stringContaining("BackoffLimitExceeded"),
      });
      expect(await starter("acme-none").start()).toBeUndefined();
      const job = await batch.readNamespacedJob({ namespace: "jobs", name: "acme-postgres-dump-manual-ab12" });
      expect(job.metadata?.annotations).toMatchObject({ "cronjob.kubernetes.io/instantiate": "manual" });
      expect(job.metadata?.ownerReferences?.[0]).toMatchObject({ kind: "CronJob", name: "acme-postgres-dump" });
    });
  });
});
