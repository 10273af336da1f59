import { z } from "zod";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const STAGING = `arn:aws:s3:::${SYSTEM}-staging-${ACCOUNT}-${PRIMARY}`;
const NAME = "job-git-export";
const Policy = z.object({ policy: PolicyText });
const SecretsKey = z.object({ environment: z.object({ variables: z.object({ SEALED_SECRETS_KEY: z.string() }) }) });
const Containers = z.array(z.object({ command: z.array(z.string()) }));
const CronJob = z.object({
  spec: z.object({
    schedule: z.string(),
    jobTemplate: z.object({
      spec: z.object({ template: z.object({ spec: z.object({ initContainers: Containers, containers: Containers }) }) }),
    }),
  }),
});
const Alarm = z.object({
  name: z.string(),
  threshold: z.number(),
  treatMissingData: z.string(),
  dimensions: z.record(z.string(), z.string()),
});

let recording: Recording;
beforeAll(async () => {
  recording = await deployedProd();
});

const alarms = (run: Recording) =>
  run
    .typed("aws:cloudwatch/metricAlarm:MetricAlarm", Alarm)
    .map(({ args }) => args)
    .filter(({ name }) => /-(configuration-.*-lag|secrets-without-replica)$/.test(name));

describe("the configuration's protection", () => {
  it("keeps sealed secrets under a key of the recovery region, which the export cannot open and the proof can", () => {
    const key = SecretsKey.parse(recording.get("aws:lambda/function:Function", "configuration-export").inputs).environment.variables
      .SEALED_SECRETS_KEY;
    const statements = (name: string) => Policy.parse(recording.get("aws:iam/rolePolicy:RolePolicy", name).inputs).policy;
    const ofKey = (name: string) =>
      statements(name)
        .filter(({ Resource }) => JSON.stringify(Resource) === JSON.stringify([key]))
        .map(({ Action }) => Action);

    expect(ofKey("configuration-export")).toEqual([["kms:GenerateDataKey"]]);
    expect(ofKey("verify")).toEqual([["kms:Decrypt"]]);
    expect(recording.get("aws:kms/alias:Alias", "sealed-secrets-key").inputs).toMatchObject({ name: `alias/${SYSTEM}-sealed-secrets` });
  });

  it("runs git between two steps of the AWS CLI, every five minutes", () => {
    const { spec } = CronJob.parse(recording.get("kubernetes:batch/v1:CronJob", NAME).inputs);
    const { initContainers, containers } = spec.jobTemplate.spec.template.spec;

    expect(spec.schedule).toBe("*/5 * * * *");
    expect([...initContainers, ...containers].map(({ command }) => command)).toEqual([
      ["bash", "/lifeboat/files/credentials.sh"],
      ["sh", "/lifeboat/files/bundle.sh"],
      ["bash", "/lifeboat/files/upload.sh"],
    ]);
  });

  it("lets the job read its repositories' secrets, write its exports and their states, and nothing else", () => {
    const { policy } = Policy.parse(recording.get("aws:iam/rolePolicy:RolePolicy", NAME).inputs);
    const secret = (name: string): string => `arn:aws:secretsmanager:us-east-1:123456789012:secret:acme/${name}`;

    expect(policy.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["s3:ListBucket"], [STAGING]],
      [["s3:GetObject"], [`${STAGING}/configuration/*`, `${STAGING}/configuration-state/*`]],
      [["s3:PutObject"], [`${STAGING}/configuration/*`, `${STAGING}/configuration-state/*`]],
      [["kms:Decrypt", "kms:GenerateDataKey"], [`arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/*`]],
      [["cloudwatch:PutMetricData"], ["*"]],
      [["secretsmanager:GetSecretValue"], [secret("git-a1b2c3"), secret("git-mirror-d4e5f6")]],
      [["kms:Decrypt"], [`arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/*`]],
    ]);
  });

  it("names what is behind, in an alarm for each, and takes no measurement for bad news", () => {
    const lags = alarms(recording).filter(({ dimensions }) => dimensions.Subject !== undefined);

    expect(lags.map(({ dimensions, threshold }) => [dimensions.Subject, threshold])).toEqual([
      ["mirrors/acme", 3600],
      ["parameters", 2700],
      ["pulumi-state/dr", 2700],
      ["pulumi-state/prod", 2700],
      ["repositories/acme", 2700],
      ["secrets", 2700],
    ]);
    expect(new Set(lags.map(({ treatMissingData }) => treatMissingData))).toEqual(new Set(["breaching"]));
  });

  it("is told which states there are, where bootstrap makes their buckets", () => {
    const { inputs } = recording.get("aws:lambda/function:Function", "configuration-export");
    const { environment } = z.object({ environment: z.object({ variables: z.record(z.string(), z.string()) }) }).parse(inputs);

    expect(JSON.parse(environment.variables.STATE_BUCKETS ?? "")).toEqual([
      { stack: "prod", bucket: `${SYSTEM}-pulumi-prod-${ACCOUNT}-${PRIMARY}`, region: PRIMARY },
      { stack: "dr", bucket: `${SYSTEM}-pulumi-dr-${ACCOUNT}-${RECOVERY}`, region: RECOVERY },
    ]);
  });

  it("has no job where there is no repository, and watches Lifeboat's own secrets all the same", async () => {
    const without = await deployedProd({ configuration: {} });

    expect(without.all("kubernetes:batch/v1:CronJob").map(({ name }) => name)).not.toContain(NAME);
    expect(alarms(without).map(({ dimensions }) => dimensions.Subject)).toEqual([undefined, "secrets"]);
  });
});
