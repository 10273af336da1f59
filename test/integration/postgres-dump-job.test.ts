import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreatePodIdentityAssociationCommand } from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as pulumi from "@pulumi/pulumi";
import { jobTrust } from "../../infra/components/jobs/jobTrust";
import { dumpFiles, dumpSteps } from "../../infra/components/postgres/dump/dumpSteps";
import { readProd } from "../../infra/config/read";
import { policyDocument } from "../../infra/iam/policy";
import { dumpStatements } from "../../infra/stacks/prodDump";
import { noDeadline } from "../../lambdas/shared/deadline";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { readDump } from "../../lambdas/verify/postgres/read-dump";
import { waitUntil } from "../../local/process";
import { bucketNames, databaseNames } from "../../recovery/names";
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
beforeAll(async () => {
  [pods, server] = await Promise.all([startJobPods(), startTestPostgres()]);
  folder = mkdtempSync(join(tmpdir(), "lifeboat-dump-job-"));
  await server.superuser(`SET ROLE ${server.user}; CREATE TABLE orders AS SELECT n FROM generate_series(1, 1000) AS n`);
  await pods.s3.send(new CreateBucketCommand({ Bucket: STAGING }));
});
afterAll(async () => {
  await server?.stop();
  await pods?.stop();
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

/** The steps with their values known, and their scripts by the steps' names. */
const stepsFor = async (secretArn: string): Promise<readonly Step[]> => {
  const authorities = join(folder, "authorities.pem");
  writeFileSync(authorities, server.ca);
  const { dump } = readProd(committed("prod")).postgres;
  if (dump === "off") throw new Error("the committed file has a dump");
  const { host, port, database } = server;
  const steps = dumpSteps({
    ...{ system: SYSTEM, region: primary, bucket: STAGING, major: Number(POSTGRES_IMAGE.split(":")[1]) },
    values: { ...dump, authorities: `file://${authorities}` },
    endpoint: { host, port, database, secretArn },
  });
  const scripts = dumpFiles();
  return Promise.all(
    steps.map(async ({ name, image, env }) => ({
      ...{ name, image, script: scripts[`${name}.sh`] ?? "" },
      env: Object.fromEntries(await Promise.all(Object.entries(env ?? {}).map(async ([key, value]) => [key, await plain(value)] as const))),
    })),
  );
};

it("a run of the job leaves a dump in staging that is proven, under a role that can do no more", async () => {
  const secrets = new SecretsManagerClient({ endpoint: pods.aws.gateway.url, region: primary, credentials: root });
  const { user: username, password } = server;
  const secret = { Name: databaseNames(SYSTEM).secret, SecretString: JSON.stringify({ engine: "postgres", username, password }) };
  const { ARN = "" } = await secrets.send(new CreateSecretCommand(secret));
  await giveRole();
  await pods.cronJob(JOB, await stepsFor(ARN), { account: JOB, files: dumpFiles() });

  await pods.runNow(JOB, "dump-1");
  const conditions = async () => (await pods.batch.readNamespacedJob({ namespace: NAMESPACE, name: "dump-1" })).status?.conditions ?? [];
  const ended = async () => (await conditions()).some(({ status }) => status === "True");
  await waitUntil(ended, { timeoutMs: 120_000, intervalMs: 200, what: "the job has ended" });

  const log = async (step: string): Promise<string> => pods.logOf("dump-1", step).catch(() => "");
  expect({ conditions: await conditions(), logs: await Promise.all(["credentials", "dump", "upload"].map(log)) }).toMatchObject({
    conditions: expect.arrayContaining([expect.objectContaining({ type: "Complete", status: "True" })]),
  });
  const staging = s3Objects(pods.s3, STAGING);
  const keys: string[] = [];
  for await (const page of staging.list("")) keys.push(...page.map(({ key }) => key));
  const manifestKey = keys.find((key) => key.endsWith("/manifest.json")) ?? "";
  const manifest = Buffer.from((await staging.get(manifestKey))?.bytes ?? "").toString("utf8");
  const facts = POSTGRES_DUMP.facts(manifest);
  expect(facts).toMatchObject({ system: SYSTEM, contradictions: [], counts: { atSource: 1000, written: 1000 } });
  expect([...facts.parts.map(({ key }) => key), manifestKey].sort()).toEqual(keys.sort());
  const checks = await readDump(manifest, async (key) => (await staging.get(key))?.bytes, noDeadline);
  expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  const called = pods.aws.gateway.calls.all().filter(({ caller }) => caller?.kind === "session");
  expect(new Set(called.map(({ operation }) => operation))).toEqual(new Set(["GetSecretValue", "PutObject"]));
});
