import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { CreatePodIdentityAssociationCommand } from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as pulumi from "@pulumi/pulumi";
import { jobTrust } from "../../infra/components/jobs/jobTrust";
import { stepFiles, toldSteps } from "../../infra/components/jobs/toldSteps";
import { dumpFiles, dumpSteps } from "../../infra/components/postgres/dump/dumpSteps";
import { readProd } from "../../infra/config/read";
import { policyDocument } from "../../infra/iam/policy";
import { dumpStatements } from "../../infra/stacks/prodDump";
import { oneRun } from "../../lambdas/shared/course";
import { noDeadline } from "../../lambdas/shared/deadline";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { readDump } from "../../lambdas/verify/postgres/read-dump";
import { type CloudWatch, createCloudWatch } from "../../local/cloudwatch";
import { waitUntil } from "../../local/process";
import { bucketNames, databaseNames, METRICS } from "../../recovery/names";
import { POSTGRES_DUMP } from "../../recovery/postgres/dump-export";
import { startTestPostgres, type TestPostgres } from "../support/postgres-server";
import { committed } from "../unit/infra/config/stackFiles";
import { primary, recovery, root } from "./support/emulator";
import { CLUSTER, type JobPods, NAMESPACE, POSTGRES_IMAGE, type Step, startJobPods } from "./support/job-pods";

// The whole job as the program declares it, run by the local pods in the images' stand-ins, under a role of what the program lets it do.
jest.setTimeout(180_000);

const ACCOUNT = "000000000000";
const SYSTEM = "acme";
const JOB = "acme-postgres-dump";
const site = { system: SYSTEM, accountId: ACCOUNT, primaryRegion: primary, recoveryRegion: recovery };
const STAGING = bucketNames(site).staging;

let pods: JobPods;
let server: TestPostgres;
let folder: string;
let secretArn: string;
let cloudwatch: CloudWatch;
beforeAll(async () => {
  cloudwatch = createCloudWatch({ clock: { now: () => new Date() }, account: ACCOUNT, publish: async () => undefined });
  [pods, server] = await Promise.all([startJobPods(undefined, { cloudwatch: () => cloudwatch }), startTestPostgres()]);
  folder = mkdtempSync(join(tmpdir(), "lifeboat-dump-job-"));
  await server.superuser(`SET ROLE ${server.user}; CREATE TABLE orders AS SELECT n FROM generate_series(1, 1000) AS n`);
  await pods.s3.send(new CreateBucketCommand({ Bucket: STAGING }));
  const secrets = new SecretsManagerClient({ endpoint: pods.aws.gateway.url, region: primary, credentials: root });
  const { user: username, password } = server;
  const secret = { Name: databaseNames(SYSTEM).secret, SecretString: JSON.stringify({ engine: "postgres", username, password }) };
  secretArn = (await secrets.send(new CreateSecretCommand(secret))).ARN ?? "";
  await giveRole();
});
afterAll(async () => {
  await server?.stop();
  await pods?.stop();
  await cloudwatch?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const plain = <T>(input: pulumi.Input<T>): Promise<T> =>
  new Promise((resolve) => void pulumi.output(input).apply((value) => resolve(value as T)));

const giveRole = async () => {
  const iam = new IAMClient({ endpoint: pods.aws.gateway.url, region: primary, credentials: root });
  const trust = await plain(
    jobTrust({ accountId: ACCOUNT, region: primary, cluster: { name: CLUSTER }, namespace: NAMESPACE, serviceAccount: JOB }),
  );
  const policy = policyDocument(dumpStatements(site, readProd(committed("prod")), { identifier: databaseNames(SYSTEM).instance }));
  const role = await iam.send(new CreateRoleCommand({ RoleName: "acme-job-postgres-dump", AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName: "acme-job-postgres-dump", PolicyName: "job", PolicyDocument: policy }));
  const association = { clusterName: CLUSTER, namespace: NAMESPACE, serviceAccount: JOB, roleArn: role.Role?.Arn };
  await pods.eks.send(new CreatePodIdentityAssociationCommand(association));
};

/** The steps with their values known. */
const stepsOf = async (database: string): Promise<readonly Step[]> => {
  const authorities = join(folder, "authorities.pem");
  writeFileSync(authorities, server.ca);
  const { dump } = readProd(committed("prod")).postgres;
  if (dump === "off") throw new Error("the committed file has a dump");
  const { host, port } = server;
  const steps = dumpSteps({
    ...{ system: SYSTEM, region: primary, bucket: STAGING, major: Number(POSTGRES_IMAGE.split(":")[1]) },
    values: { ...dump, authorities: `file://${authorities}` },
    endpoint: { host, port, database, secretArn },
  });
  return Promise.all(
    toldSteps(steps, { system: SYSTEM, job: "postgres-dump", recoveryRegion: recovery }).map(async ({ name, image, command, env }) => ({
      ...{ name, image, command, script: dumpFiles()[`${name}.sh`] ?? "" },
      env: Object.fromEntries(await Promise.all(Object.entries(env ?? {}).map(async ([key, value]) => [key, await plain(value)] as const))),
    })),
  );
};

/** Runs the job to its end. */
const run = async (cronJob: string, job: string, database: string) => {
  await pods.cronJob(cronJob, await stepsOf(database), { account: JOB, files: { ...dumpFiles(), ...stepFiles() } });
  await pods.runNow(cronJob, job);
  const conditions = async () => (await pods.batch.readNamespacedJob({ namespace: NAMESPACE, name: job })).status?.conditions ?? [];
  const ended = async () =>
    (await conditions()).some(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True");
  await waitUntil(ended, { timeoutMs: 120_000, intervalMs: 200, what: `${job} has ended` });
  const log = async (step: string): Promise<string> => pods.logOf(job, step).catch(() => "");
  const logs = await Promise.all(["credentials", "dump", "upload"].map(log));
  return { conditions: (await conditions()).flatMap(({ type, status }) => (status === "True" ? [type] : [])), logs };
};

/** What the alarm of the recovery region sees, of an attempt, or of one step of it. */
const failures = async (...further: readonly { readonly Name: string; readonly Value: string }[]): Promise<readonly number[]> => {
  const client = new CloudWatchClient({ endpoint: pods.aws.gateway.url, region: recovery, credentials: root });
  const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
  const Dimensions = [{ Name: "System", Value: SYSTEM }, { Name: "Job", Value: "postgres-dump" }, ...further];
  const asked = { Namespace: METRICS.namespace, MetricName: METRICS.jobFailures, StartTime: from, EndTime: to, Period: 86_400 };
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({ ...asked, Dimensions, Statistics: ["Sum", "SampleCount"] }),
  );
  return [Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0), Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0)];
};

it("a run of the job leaves a dump in staging that is proven, under a role that can do no more, and says that it ended well", async () => {
  const { conditions, logs } = await run(JOB, "dump-1", server.database);

  expect({ conditions, logs }).toMatchObject({ conditions: expect.arrayContaining(["Complete"]) });
  const staging = s3Objects(pods.s3, STAGING);
  const keys = [...(await s3Keys())];
  const manifestKey = keys.find((key) => key.endsWith("/manifest.json")) ?? "";
  const manifest = Buffer.from((await staging.get(manifestKey))?.bytes ?? "").toString("utf8");
  const facts = POSTGRES_DUMP.facts(manifest);
  expect(facts).toMatchObject({ system: SYSTEM, contradictions: [], counts: { atSource: 1000, written: 1000 } });
  expect([...facts.parts.map(({ key }) => key), manifestKey].sort()).toEqual(keys.sort());
  const checks = await readDump(manifest, async (key) => (await staging.get(key))?.bytes, noDeadline, oneRun);
  expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  const called = pods.aws.gateway.calls.all().filter(({ caller }) => caller?.kind === "session");
  expect(new Set(called.map(({ operation }) => operation))).toEqual(new Set(["GetSecretValue", "PutObject", "PutMetricData"]));
  expect(await failures()).toEqual([0, 1]);
});

it("a run whose dump fails uploads nothing, fails, and says in the recovery region which step it was", async () => {
  const before = await s3Keys();

  const { conditions, logs } = await run(`${JOB}-failing`, "dump-2", "nowhere");

  expect(conditions).toContain("Failed");
  expect(logs[1]).toContain('database "nowhere" does not exist');
  expect(logs[2]).toContain("postgres-dump failed in its step dump");
  expect(await s3Keys()).toEqual(before);
  expect(await failures({ Name: "Step", Value: "dump" })).toEqual([1, 1]);
  expect((await failures())[0]).toBe(1);
});

const s3Keys = async (): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const page of s3Objects(pods.s3, STAGING).list("")) keys.push(...page.map(({ key }) => key));
  return keys;
};
