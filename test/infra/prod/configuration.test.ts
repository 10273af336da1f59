import { z } from "zod";
import { ACCOUNT } from "../support/outputs";
import { deployedProd, PRIMARY, RECOVERY, SYSTEM } from "../support/prod";
import { PolicyText, type Recording } from "../support/recording";

const STAGING = `arn:aws:s3:::${SYSTEM}-staging-${ACCOUNT}-${PRIMARY}`;
const VAULT = `arn:aws:s3:::${SYSTEM}-vault-${ACCOUNT}-${RECOVERY}`;
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
      ["sh", "/lifeboat/files/step.sh", "credentials", "bash", "/lifeboat/files/credentials.sh"],
      ["sh", "/lifeboat/files/step.sh", "bundle", "sh", "/lifeboat/files/bundle.sh"],
      ["sh", "/lifeboat/files/last-step.sh", "upload", "bash", "/lifeboat/files/upload.sh"],
    ]);
  });

  it("lets the job read its repositories' secrets, write its exports and their states, see what of them is proven, and nothing else", () => {
    const { policy } = Policy.parse(recording.get("aws:iam/rolePolicy:RolePolicy", NAME).inputs);
    const secret = (name: string): string => `arn:aws:secretsmanager:us-east-1:123456789012:secret:acme/${name}`;

    expect(policy.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["s3:ListBucket"], [STAGING]],
      [["s3:GetObject"], [`${STAGING}/configuration/*`, `${STAGING}/configuration-state/*`]],
      [["s3:PutObject"], [`${STAGING}/configuration/*`, `${STAGING}/configuration-state/*`]],
      [["kms:Decrypt", "kms:GenerateDataKey"], [`arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/*`]],
      [["s3:ListBucket"], [VAULT]],
      [["s3:GetObject"], [`${VAULT}/catalogue/proofs/configuration/*`]],
      [["kms:Decrypt"], [`arn:aws:kms:${RECOVERY}:${ACCOUNT}:key/*`]],
      [["cloudwatch:PutMetricData"], ["*"]],
      [["secretsmanager:GetSecretValue"], [secret("git-a1b2c3"), secret("git-mirror-d4e5f6")]],
      [["kms:Decrypt"], [`arn:aws:kms:${PRIMARY}:${ACCOUNT}:key/*`]],
    ]);
  });

  it("names what is behind, in an alarm for each, and takes no measurement for bad news", () => {
    const lags = alarms(recording).filter(({ dimensions }) => dimensions.Subject !== undefined);

    expect(lags.map(({ dimensions, threshold }) => [dimensions.Subject, threshold])).toEqual([
      ["kubernetes/acme", 2700],
      ["kubernetes/acme-chroma", 2700],
      ["kubernetes/acme-chroma-jobs", 2700],
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
    expect(alarms(without).map(({ dimensions }) => dimensions.Subject)).toEqual([
      "kubernetes/acme-chroma",
      "kubernetes/acme-chroma-jobs",
      undefined,
      "secrets",
    ]);
  });

  it("is let in to the cluster to look at the namespaces that it exports, and to no other", () => {
    const { role } = z.object({ role: z.string() }).parse(recording.get("aws:lambda/function:Function", "configuration-export").inputs);
    const entry = recording.get("aws:eks/accessEntry:AccessEntry", "cluster-reader").inputs;
    const policy = recording.get("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "cluster-reader").inputs;

    expect(entry).toMatchObject({ clusterName: "acme-us-east-1", principalArn: role, type: "STANDARD" });
    expect(policy).toMatchObject({
      principalArn: role,
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy",
      accessScope: { type: "namespace", namespaces: ["acme", "acme-chroma", "acme-chroma-jobs"] },
    });
  });

  it("may describe that cluster and call the function in its network, whose own role may do nothing in it", () => {
    const statements = (name: string) =>
      Policy.parse(recording.get("aws:iam/rolePolicy:RolePolicy", name).inputs).policy.map(({ Action, Resource }) => [Action, Resource]);

    expect(statements("configuration-export")).toEqual(
      expect.arrayContaining([
        [["eks:DescribeCluster"], [`arn:aws:eks:${PRIMARY}:${ACCOUNT}:cluster/acme-us-east-1`]],
        [["lambda:InvokeFunction"], [`arn:aws:lambda:${PRIMARY}:${ACCOUNT}:function:${SYSTEM}-kubernetes-read`]],
      ]),
    );
    expect(JSON.stringify(statements("kubernetes-read"))).not.toMatch(/eks:|s3:|kms:|secretsmanager:/);
  });

  it("looks at no cluster where that is off", async () => {
    const without = await deployedProd({ configuration: { kubernetes: "off" } });

    expect(without.all("aws:eks/accessEntry:AccessEntry")).toEqual([]);
    expect(JSON.stringify(without.get("aws:iam/rolePolicy:RolePolicy", "configuration-export").inputs)).not.toContain("eks:");
  });
});
