import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreatePodIdentityAssociationCommand, EKSClient } from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { BatchV1Api, CoreV1Api, KubeConfig, type V1CronJobSpec } from "@kubernetes/client-node";
import { JOB_FOLDERS, jobPod } from "../../../infra/components/jobs/jobPod";
import { policyDocument } from "../../../infra/iam/policy";
import { assumeBySts, createEks, startPodIdentityAgent } from "../../../local/eks";
import { awsCliImage, gitImage, type PodRunner, postgresImage, startPods, writeKubeconfig } from "../../../local/pods";
import { ensureZstd } from "../../../local/toolchain/zstd";
import { awsCliTool } from "../../support/python-tool";
import { primary, root, startTestAws, type TestAws, type TestAwsOptions } from "./emulator";

export const NAMESPACE = "jobs";
export const CLUSTER = "lifeboat-test";
export const BUCKET = "staging-of-jobs";
export const OTHER_BUCKET = "somebody-elses";
const ACCOUNT = "000000000000";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/acme-job-dump`;

export interface Step {
  readonly name: string;
  readonly image: string;
  /** Run by the shell that the image has. */
  readonly script: string;
  /** What is run in place of the script by itself. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Changes extends Partial<V1CronJobSpec> {
  readonly account?: string;
  readonly workStorageClass?: string;
  /** Scripts beside the steps' own. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface JobPods {
  readonly aws: TestAws;
  readonly runner: PodRunner;
  /** What the cluster's nodes have on their disks. */
  readonly dataRoot: string;
  readonly batch: BatchV1Api;
  readonly core: CoreV1Api;
  readonly eks: EKSClient;
  readonly s3: S3Client;
  /** A CronJob of these steps, as `BackupJob` declares its pod. */
  cronJob(name: string, steps: readonly Step[], changes?: Changes): Promise<void>;
  /** Runs the CronJob's template now, as `kubectl create job --from` does. */
  runNow(cronJob: string, job: string): Promise<void>;
  /** From now on it starts nothing by itself. */
  suspend(cronJob: string): Promise<void>;
  logOf(job: string, container: string): Promise<string>;
  stop(): Promise<void>;
}

/** A cluster beside an AWS, the service account `dump` with a role that may write into one bucket, and the account `nobody` with none. */
export const startJobPods = async (clock?: { now(): Date }, services: Pick<TestAwsOptions, "cloudwatch"> = {}): Promise<JobPods> => {
  const now = (): Date => new Date();
  const embedded = createEks({ clusters: { [primary]: [CLUSTER] }, account: ACCOUNT, now, random: Math.random });
  const aws = await startTestAws({ lagSeconds: 0, eks: embedded, ...services });
  const access = { endpoint: aws.gateway.url, region: primary, credentials: root };
  const [eks, s3] = [new EKSClient({ ...access, maxAttempts: 1 }), new S3Client({ ...access, forcePathStyle: true })];
  await giveRole(access, eks, s3);

  const assume = assumeBySts({ ...access, account: ACCOUNT, cluster: CLUSTER });
  const associationOf = (namespace: string, account: string) => embedded.associationOf(primary, CLUSTER, namespace, account);
  const agent = await startPodIdentityAgent({ region: primary, now, associationOf, assume });
  const dataRoot = mkdtempSync(join(tmpdir(), "lifeboat-jobs-"));
  const images = await imagesIn(dataRoot, aws.gateway.url);
  const runner = await startPods({ region: primary, dataRoot, images, roles: agent, ...(clock === undefined ? {} : { clock }) });
  const file = join(dataRoot, "kubeconfig");
  writeKubeconfig(file, [runner]);
  const config = new KubeConfig();
  config.loadFromFile(file);
  const [batch, core] = [config.makeApiClient(BatchV1Api), config.makeApiClient(CoreV1Api)];
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });

  return {
    ...{ aws, runner, dataRoot, batch, core, eks, s3 },
    cronJob: (name, steps, { account = "dump", workStorageClass, files = {}, ...spec } = {}) =>
      declare({ batch, core }, { name, account, steps, spec, files, ...(workStorageClass === undefined ? {} : { workStorageClass }) }),
    runNow: async (cronJob, job) => {
      const from = await batch.readNamespacedCronJob({ namespace: NAMESPACE, name: cronJob });
      const owner = { apiVersion: "batch/v1", kind: "CronJob", name: cronJob, uid: from.metadata?.uid ?? "", controller: true };
      const metadata = { name: job, annotations: { "cronjob.kubernetes.io/instantiate": "manual" }, ownerReferences: [owner] };
      await batch.createNamespacedJob({ namespace: NAMESPACE, body: { metadata, spec: from.spec?.jobTemplate.spec } });
    },
    suspend: async (name) => {
      const live = await batch.readNamespacedCronJob({ namespace: NAMESPACE, name });
      if (live.spec === undefined) throw new Error(`${name} has no spec`);
      await batch.replaceNamespacedCronJob({ namespace: NAMESPACE, name, body: { ...live, spec: { ...live.spec, suspend: true } } });
    },
    logOf: async (job, container) => {
      const { items } = await core.listNamespacedPod({ namespace: NAMESPACE, labelSelector: `job-name=${job}` });
      return core.readNamespacedPodLog({ namespace: NAMESPACE, name: items[0]?.metadata?.name ?? "", container });
    },
    stop: async () => {
      await runner.stop();
      await agent.stop();
      for (const client of [eks, s3]) client.destroy();
      assume.close();
      await aws.stop();
      rmSync(dataRoot, { recursive: true, force: true });
    },
  };
};

const imagesIn = async (dataRoot: string, endpointUrl: string) => {
  const path = process.env.PATH ?? "";
  const directory = (image: string): string => join(dataRoot, "images", image);
  // Ours, whether this machine has one or not: others' tests use this machine's.
  const zstd = await ensureZstd({ binDir: join(dataRoot, "bin"), node: process.execPath, environment: {} });
  return [
    postgresImage({ bins: postgresBins(), zstd, directory: directory("postgres"), path }),
    awsCliImage({ aws: await awsCliTool(), endpointUrl, directory: directory("aws-cli"), path }),
    gitImage({ directory: directory("git"), path }),
  ];
};

const VERSIONS = "/usr/lib/postgresql";

const postgresBins = (): ReadonlyMap<number, string> => {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const bins = versions.map((version): [number, string] => [Number(version), join(VERSIONS, version, "bin")]);
  return new Map(bins.filter(([, bin]) => existsSync(join(bin, "pg_dump"))));
};

export const POSTGRES_IMAGE = `postgres:${[...postgresBins().keys()].sort((a, b) => a - b).at(-1) ?? 0}`;

const giveRole = async (
  access: { readonly endpoint: string; readonly region: string; readonly credentials: typeof root },
  eks: EKSClient,
  s3: S3Client,
): Promise<void> => {
  const iam = new IAMClient(access);
  for (const Bucket of [BUCKET, OTHER_BUCKET]) await s3.send(new CreateBucketCommand({ Bucket }));
  const trust = policyDocument([
    {
      actions: ["sts:AssumeRole", "sts:TagSession"],
      resources: [],
      principal: { Service: "pods.eks.amazonaws.com" },
      condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-arn": `arn:aws:eks:${primary}:${ACCOUNT}:cluster/${CLUSTER}`,
          "aws:RequestTag/kubernetes-namespace": NAMESPACE,
          "aws:RequestTag/kubernetes-service-account": "dump",
        },
      },
    },
  ]);
  const policy = policyDocument([{ actions: ["s3:PutObject"], resources: [`arn:aws:s3:::${BUCKET}/*`] }]);
  await iam.send(new CreateRoleCommand({ RoleName: "acme-job-dump", AssumeRolePolicyDocument: trust }));
  await iam.send(new PutRolePolicyCommand({ RoleName: "acme-job-dump", PolicyName: "job", PolicyDocument: policy }));
  iam.destroy();
  const association = { clusterName: CLUSTER, namespace: NAMESPACE, roleArn: ROLE };
  // The role trusts the account `dump` alone: what is associated with another account gets nothing by it.
  for (const serviceAccount of ["dump", "stranger"])
    await eks.send(new CreatePodIdentityAssociationCommand({ ...association, serviceAccount }));
};

interface Declared {
  readonly name: string;
  readonly account: string;
  readonly workStorageClass?: string;
  readonly steps: readonly Step[];
  readonly files: Readonly<Record<string, string>>;
  readonly spec: Partial<V1CronJobSpec>;
}

const declare = async (
  { batch, core }: Pick<JobPods, "batch" | "core">,
  { name, account, workStorageClass, steps, files: others, spec }: Declared,
): Promise<void> => {
  const files = { ...others, ...Object.fromEntries(steps.map((step) => [`${step.name}.sh`, step.script])) };
  await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name: `${name}-files` }, data: files } });
  const template = jobPod({
    labels: { app: name },
    serviceAccountName: account,
    filesName: `${name}-files`,
    workStorage: "1Gi",
    ...(workStorageClass === undefined ? {} : { workStorageClass }),
    steps: steps.map((step) => ({ ...step, command: step.command ?? [`${JOB_FOLDERS.FILES}/${step.name}.sh`] })),
  });
  // What is declared to Pulumi may be promised; what this test declares is known.
  const body = JSON.parse(
    JSON.stringify({ metadata: { name }, spec: { ...cronSpec(spec), jobTemplate: { spec: { backoffLimit: 0, template } } } }),
  );
  await batch.createNamespacedCronJob({ namespace: NAMESPACE, body });
};

const cronSpec = (spec: Partial<V1CronJobSpec>): Partial<V1CronJobSpec> => ({
  ...{ schedule: "0 0 1 1 *", timeZone: "Etc/UTC", concurrencyPolicy: "Forbid", startingDeadlineSeconds: 3_600 },
  ...spec,
});
