import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { BackupJob, type BackupJobArgs } from "../../../infra/components/jobs/backupJob";
import { JOB_FOLDERS } from "../../../infra/components/jobs/jobPod";
import { known, REGION, run } from "../cluster/program";
import { ACCOUNT } from "../support/outputs";
import { PolicyText, type Recording } from "../support/recording";

const CONTEXT = "acme-primary";
const RECOVERY = "eu-west-1";
const NAME = "acme-dump";

type Given = Omit<BackupJobArgs, "kubernetes" | "told">;
const args = (changes: Partial<Given> = {}): Given => ({
  system: "acme",
  accountId: ACCOUNT,
  region: REGION,
  cluster: { name: pulumi.output("acme-cluster"), namespace: pulumi.output("acme-jobs") },
  schedule: "30 1 * * *",
  timeLimitSeconds: 7_200,
  files: { "dump.sh": "pg_dump", "upload.sh": "aws" },
  steps: [
    { name: "dump", image: "postgres:15", command: ["bash", `${JOB_FOLDERS.FILES}/dump.sh`], env: { PGHOST: pulumi.output("db.example") } },
    { name: "upload", image: "public.ecr.aws/aws-cli/aws-cli:2.31.0", command: ["bash", `${JOB_FOLDERS.FILES}/upload.sh`] },
  ],
  workStorage: "20Gi",
  statements: [{ actions: ["s3:PutObject"], resources: ["arn:aws:s3:::staging/postgres/*"] }],
  ...changes,
});

const TOPIC = "arn:topic";
const deployed = (changes: Partial<Given> = {}) =>
  run((options) => {
    const recovery = { provider: new aws.Provider("recovery", { region: RECOVERY }) };
    const told = { recoveryRegion: RECOVERY, topicArn: TOPIC, runbooks: "https://runbooks.example", namespace: "acme-jobs", recovery };
    return new BackupJob("dump", { ...args(changes), told, kubernetes: new k8s.Provider("k8s", { context: CONTEXT }) }, options);
  });

const Env = z.array(z.object({ name: z.string(), value: z.string() }));
const Container = z.looseObject({
  name: z.string(),
  command: z.array(z.string()),
  env: Env,
  resources: z.object({ requests: z.record(z.string(), z.string()) }),
});
const CronJob = z.object({
  spec: z.looseObject({
    jobTemplate: z.object({
      spec: z.looseObject({
        template: z.object({
          metadata: z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) }),
          spec: z.looseObject({
            initContainers: z.array(Container),
            containers: z.array(Container),
            volumes: z.array(z.looseObject({ name: z.string() })),
          }),
        }),
      }),
    }),
  }),
});

const cronJobOf = (of: Recording) => CronJob.parse(of.get("kubernetes:batch/v1:CronJob", "job-dump").inputs).spec;
const podOf = (of: Recording) => cronJobOf(of).jobTemplate.spec.template;
const valuesOf = (env: z.infer<typeof Env>) => Object.fromEntries(env.map(({ name, value }) => [name, value]));

let recording: Recording;
let made: BackupJob;
beforeAll(async () => {
  ({ recording, made } = await deployed());
});

describe("a backup job's role", () => {
  it("is assumed by EKS for the job's own service account in its own cluster, and by nobody else", async () => {
    const role = recording.get("aws:iam/role:Role", "job-dump");
    const { name, assumeRolePolicy } = z.object({ name: z.string(), assumeRolePolicy: PolicyText }).parse(role.inputs);

    expect(name).toBe("acme-job-dump");
    expect(assumeRolePolicy).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Resource: [],
        Condition: {
          StringEquals: {
            "aws:RequestTag/eks-cluster-arn": `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/acme-cluster`,
            "aws:RequestTag/kubernetes-namespace": "acme-jobs",
            "aws:RequestTag/kubernetes-service-account": NAME,
          },
        },
      },
    ]);
    expect(await known(made.roleArn)).toBe(`arn:aws:iam::${ACCOUNT}:role/acme-job-dump`);
  });

  it("may do what it was given and nothing besides", () => {
    const policies = recording.typed("aws:iam/rolePolicy:RolePolicy", z.object({ policy: PolicyText }));
    expect(policies.map(({ args: { policy } }) => policy.map(({ Action, Resource }) => [Action, Resource]))).toEqual([
      [[["s3:PutObject"], ["arn:aws:s3:::staging/postgres/*"]]],
    ]);
    expect(recording.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).toEqual([]);
  });

  it("is the service account's before the first pod is made", () => {
    const association = recording.get("aws:eks/podIdentityAssociation:PodIdentityAssociation", "job-dump");
    expect(association.inputs).toMatchObject({ clusterName: "acme-cluster", namespace: "acme-jobs", serviceAccount: NAME });
    expect(recording.get("kubernetes:batch/v1:CronJob", "job-dump").dependencies).toContain(association.urn);
    expect(podOf(recording).spec).toMatchObject({ serviceAccountName: NAME, automountServiceAccountToken: false });
  });
});

describe("a backup job's runs", () => {
  it("are by UTC, one at a time, limited in time and in number", () => {
    expect(made.cronJobName).toBe(NAME);
    expect(cronJobOf(recording)).toMatchObject({
      schedule: "30 1 * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3_600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
      jobTemplate: { spec: { backoffLimit: 1, activeDeadlineSeconds: 7_200 } },
    });
  });

  it("take one step after the other, the last one alone as the pod's container", () => {
    const { spec, metadata } = podOf(recording);
    expect(spec.initContainers.map(({ name }) => name)).toEqual(["dump"]);
    expect(spec.containers.map(({ name }) => name)).toEqual(["upload"]);
    expect(spec).toMatchObject({ restartPolicy: "Never" });
    expect(metadata.annotations).toEqual({ "karpenter.sh/do-not-disrupt": "true" });
  });

  it("find their folders by variables, and what is known only later", () => {
    const [dump] = podOf(recording).spec.initContainers;
    expect(valuesOf(dump?.env ?? [])).toEqual({ ...JOB_FOLDERS, HOME: JOB_FOLDERS.TMPDIR, PGHOST: "db.example" });
  });

  it("are unprivileged, on a read-only image", () => {
    const { spec } = podOf(recording);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    for (const container of [...spec.initContainers, ...spec.containers])
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
  });

  it("keep credentials in memory, and their work on the node's disk within its limit", () => {
    const { volumes, containers } = podOf(recording).spec;
    expect(volumes).toEqual(
      expect.arrayContaining([
        { name: "work", emptyDir: { sizeLimit: "20Gi" } },
        { name: "credentials", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      ]),
    );
    expect(containers[0]?.resources.requests["ephemeral-storage"]).toBe("20Gi");
  });

  it("work on a volume of their own where a class is given, and then fewer of them are kept", async () => {
    const of = (await deployed({ workStorageClass: "scratch" })).recording;
    const { volumes, containers } = podOf(of).spec;
    expect(volumes.find(({ name }) => name === "work")).toMatchObject({
      ephemeral: { volumeClaimTemplate: { spec: { storageClassName: "scratch", resources: { requests: { storage: "20Gi" } } } } },
    });
    expect(containers[0]?.resources.requests["ephemeral-storage"]).toBeUndefined();
    expect(cronJobOf(of)).toMatchObject({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1 });
  });
});

describe("how a backup job's attempts end", () => {
  const commands = () => {
    const { initContainers, containers } = podOf(recording).spec;
    return [...initContainers, ...containers].map(({ command }) => command);
  };

  it("is told by the last step, which runs whatever became of the others", () => {
    const { FILES } = JOB_FOLDERS;
    expect(commands()).toEqual([
      ["sh", `${FILES}/step.sh`, "dump", "bash", `${FILES}/dump.sh`],
      ["sh", `${FILES}/last-step.sh`, "upload", "bash", `${FILES}/upload.sh`],
    ]);
    expect(valuesOf(podOf(recording).spec.containers[0]?.env ?? [])).toMatchObject({
      ...{ SYSTEM: "acme", JOB: "dump", RECOVERY_REGION: RECOVERY, METRIC_NAMESPACE: "Lifeboat", FAILURE_METRIC: "JobFailures" },
    });
  });

  it("pages in the recovery region when a run and its repetition failed, with the command that shows the log", () => {
    const alarm = recording.get("aws:cloudwatch/metricAlarm:MetricAlarm", "job-dump-failed");

    expect(alarm.place).toBe(RECOVERY);
    expect(alarm.inputs).toMatchObject({
      name: "acme-dump-failed",
      namespace: "Lifeboat",
      metricName: "JobFailures",
      dimensions: { System: "acme", Job: "dump" },
      ...{ statistic: "Sum", comparisonOperator: "GreaterThanThreshold", threshold: 1, period: 7_200, treatMissingData: "notBreaching" },
      alarmActions: [TOPIC],
      okActions: [TOPIC],
    });
    const { alarmDescription } = z.object({ alarmDescription: z.string() }).parse(alarm.inputs);
    expect(alarmDescription).toContain("kubectl -n acme-jobs logs -l app.kubernetes.io/name=acme-dump --all-containers");
    expect(alarmDescription).toContain("Runbook: https://runbooks.example/job-failed.md");
  });

  it.each([
    ["a short one's within an hour", 600, undefined, { period: 3_600, threshold: 1 }],
    ["a long one's within a day at most", 200_000, undefined, { period: 86_400, threshold: 1 }],
    ["more of them where the job says so", 1_801, 5, { period: 3_600, threshold: 5 }],
  ])("counts %s", async (_name, timeLimitSeconds, failuresBorne, expected) => {
    const of = (await deployed({ timeLimitSeconds, ...(failuresBorne === undefined ? {} : { failuresBorne }) })).recording;

    expect(of.get("aws:cloudwatch/metricAlarm:MetricAlarm", "job-dump-failed").inputs).toMatchObject(expected);
  });
});

describe("a backup job's files", () => {
  const ConfigMap = z.object({ metadata: z.object({ name: z.string() }), immutable: z.boolean(), data: z.record(z.string(), z.string()) });
  const filesOf = (of: Recording) => ConfigMap.parse(of.get("kubernetes:core/v1:ConfigMap", "job-dump").inputs);

  it("cannot change under a pod: others have another name", async () => {
    const other = (await deployed({ files: { "dump.sh": "pg_dump -v", "upload.sh": "aws" } })).recording;

    expect(filesOf(recording)).toMatchObject({ immutable: true, data: { "dump.sh": "pg_dump", "upload.sh": "aws" } });
    expect(filesOf(other).metadata.name).not.toBe(filesOf(recording).metadata.name);
    for (const each of [recording, other])
      expect(podOf(each).spec.volumes).toContainEqual({
        name: "files",
        configMap: { name: filesOf(each).metadata.name, defaultMode: 0o555 },
      });
  });
});

describe("a backup job's network", () => {
  it("lets nobody in, and out to names, credentials, HTTPS and the given ports", async () => {
    const policy = (await deployed({ ports: [pulumi.output(5432)] })).recording.get(
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "job-dump",
    );
    const { labels } = podOf(recording).metadata;
    expect(policy.inputs).toMatchObject({
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [],
        egress: [
          {
            ports: [
              { protocol: "UDP", port: 53 },
              { protocol: "TCP", port: 53 },
            ],
          },
          { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [{ protocol: "TCP", port: 80 }] },
          {
            ports: [
              { protocol: "TCP", port: 443 },
              { protocol: "TCP", port: 5432 },
            ],
          },
        ],
      },
    });
  });
});

it("puts AWS's part into its region, the alarm into the recovery region, and Kubernetes' part into its cluster", () => {
  const places = recording.created().map(({ type, place }) => [type.split(":")[0], place]);
  expect(new Set(places.map(String))).toEqual(new Set([`aws,${REGION}`, `aws,${RECOVERY}`, `kubernetes,${CONTEXT}`]));
});
