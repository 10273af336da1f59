import { z } from "zod";
import { databaseNames } from "../../../recovery/names";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, POSTGRES, PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const CronJob = z.object({
  spec: z.object({
    schedule: z.string(),
    jobTemplate: z.object({
      spec: z.object({
        activeDeadlineSeconds: z.number(),
        template: z.object({ spec: z.object({ initContainers: z.array(z.unknown()), containers: z.array(z.unknown()) }) }),
      }),
    }),
  }),
});
const Container = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
});

const CRON_JOB = "kubernetes:batch/v1:CronJob";
const NAME = "job-postgres-dump";

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

const jobOf = (run: Recording) => CronJob.parse(run.get(CRON_JOB, NAME).inputs).spec;
const containersOf = (run: Recording) => {
  const { initContainers, containers } = jobOf(run).jobTemplate.spec.template.spec;
  return [...initContainers, ...containers].map((container) => Container.parse(container));
};
const variables = (run: Recording, step: string): Readonly<Record<string, string>> =>
  Object.fromEntries(containersOf(run).flatMap(({ name, env }) => (name === step ? env.map((one) => [one.name, one.value]) : [])));

describe("the daily dump of the database", () => {
  it("runs on its schedule within its time, in the official image of the server's major release, between the AWS CLI's steps", () => {
    const job = jobOf(recording);

    expect(job.schedule).toBe("30 1 * * *");
    expect(job.jobTemplate.spec.activeDeadlineSeconds).toBe(6 * 3600);
    expect(
      containersOf(recording).map(({ name, image, command }) => [name, image.replace(/:[^:]*$/, ""), command.at(-1)?.split("/").at(-1)]),
    ).toEqual([
      ["credentials", "public.ecr.aws/aws-cli/aws-cli", "credentials.sh"],
      ["dump", "postgres", "dump.sh"],
      ["upload", "public.ecr.aws/aws-cli/aws-cli", "upload.sh"],
    ]);
    expect(containersOf(recording)[1]?.image).toBe(`postgres:${POSTGRES.engineVersion}`);
  });

  it("is told where the database and its secret are, and no password", () => {
    const { instance, secret } = databaseNames(SYSTEM);

    expect(variables(recording, "dump")).toMatchObject({
      SYSTEM,
      PGHOST: `${instance}.${PRIMARY}.rds.example`,
      PGPORT: String(POSTGRES.port),
      PGDATABASE: POSTGRES.database,
    });
    expect(variables(recording, "credentials")).toMatchObject({
      SECRET_ARN: `arn:aws:secretsmanager:${PRIMARY}:${ACCOUNT}:secret:${secret}-AbCdEf`,
      AUTHORITIES_URL: expect.stringMatching(/^https:/),
    });
    expect(variables(recording, "upload")).toMatchObject({ BUCKET: `${SYSTEM}-staging-${ACCOUNT}-${PRIMARY}`, AWS_REGION: PRIMARY });
  });

  it("may read the database's secret and put objects under its own prefix, publish, and nothing else", () => {
    const Role = z.object({ policy: PolicyText });
    const { policy } = Role.parse(recording.get("aws:iam/rolePolicy:RolePolicy", NAME).inputs);

    expect(policy.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["secretsmanager:GetSecretValue"], [`arn:aws:secretsmanager:${PRIMARY}:${ACCOUNT}:secret:${databaseNames(SYSTEM).secret}*`]],
      [["s3:GetObject"], [`arn:aws:s3:::${SYSTEM}-staging-${ACCOUNT}-${PRIMARY}/postgres/*`]],
      [["s3:PutObject"], [`arn:aws:s3:::${SYSTEM}-staging-${ACCOUNT}-${PRIMARY}/postgres/*`]],
      [["kms:Decrypt", "kms:GenerateDataKey"], [`arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/*`]],
      [["cloudwatch:PutMetricData"], ["*"]],
    ]);
  });

  it("is let out to the database's port", () => {
    const { inputs } = recording.get("kubernetes:networking.k8s.io/v1:NetworkPolicy", NAME);

    expect(JSON.stringify(inputs)).toContain(`"port":${POSTGRES.port}`);
  });

  it("takes the scripts as they are in the project", () => {
    const map = z.object({ data: z.record(z.string(), z.string()) }).parse(recording.get("kubernetes:core/v1:ConfigMap", NAME).inputs);

    expect(Object.keys(map.data).sort()).toEqual(["credentials.sh", "database.sh", "dump.sh", "last-step.sh", "step.sh", "upload.sh"]);
    expect(Object.values(map.data).every((script) => script.startsWith("#"))).toBe(true);
  });

  it("pages in the recovery region when the newest proven one is too old, or nobody can tell", () => {
    const alarm = recording.get("aws:cloudwatch/metricAlarm:MetricAlarm", "postgres-dump-age");

    expect(alarm.place).toBe(RECOVERY);
    expect(alarm.inputs).toMatchObject({ threshold: 36 * 3600, treatMissingData: "breaching", comparisonOperator: "GreaterThanThreshold" });
  });

  it("pages there when two attempts of a night failed, long before it is too old", () => {
    const alarm = recording.get("aws:cloudwatch/metricAlarm:MetricAlarm", "job-postgres-dump-failed");

    expect(alarm.place).toBe(RECOVERY);
    expect(alarm.inputs).toMatchObject({ dimensions: { System: SYSTEM, Job: "postgres-dump" }, threshold: 1, period: 6 * 3600 });
  });

  it("goes into a vault beside locked snapshots of the same instance", () => {
    expect(recording.get("aws:backup/selection:Selection", "snapshots").inputs).toMatchObject({
      resources: [`arn:aws:rds:${PRIMARY}:${ACCOUNT}:db:${databaseNames(SYSTEM).instance}`],
    });
  });
});
