import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { readProd } from "../../../infra/config/read";
import { functionContext } from "../../../infra/functions/context";
import { policyDocument, type Statement } from "../../../infra/iam/policy";
import { kmsDataKeys, kmsOpener } from "../../../lambdas/configuration/data-keys";
import { exportConfiguration } from "../../../lambdas/configuration-export/export";
import { cloudWatchLagMetrics } from "../../../lambdas/configuration-export/metrics";
import { sealArrivals } from "../../../lambdas/seal/arrivals";
import { kmsAuthenticity } from "../../../lambdas/shared/authenticity";
import { catalogueOf } from "../../../lambdas/shared/catalogue";
import { noDeadline } from "../../../lambdas/shared/deadline";
import type { ObjectStore } from "../../../lambdas/shared/objects";
import { s3Objects } from "../../../lambdas/shared/s3-objects";
import { configurationContent } from "../../../lambdas/verify/configuration/content";
import { provePoint } from "../../../lambdas/verify/proof";
import { type CloudWatch, createCloudWatch } from "../../../local/cloudwatch";
import { awsTarget } from "../../../ops/lifeboat/restore-configuration/aws";
import { folderAt } from "../../../ops/lifeboat/restore-configuration/folder";
import { METRICS, type Site } from "../../../recovery/names";
import { changed } from "../../unit/infra/config/stackFiles";
import { memoryLog } from "../../unit/lambdas/support/log";
import { primary, recovery, root, startTestAws, type TestAws, type TestAwsOptions } from "./emulator";

export const SYSTEM = "acme";
export const now = () => new Date();

export let aws: TestAws;
export let cloudwatch: CloudWatch;
export let folder: string;
export let s3: Readonly<Record<"primary" | "recovery", S3Client>>;
export let secrets: Readonly<Record<"primary" | "recovery", SecretsManagerClient>>;
export let ssm: Readonly<Record<"primary" | "recovery", SSMClient>>;
export let metrics: CloudWatchClient;
export let kms: KMSClient;
export let sealingKey: string;
export let catalogueKey: string;

/** A running AWS with the keys that exports are sealed and entries are signed under. */
export const begin = async (services: Pick<TestAwsOptions, "eks"> = {}) => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-configuration-"));
  cloudwatch = createCloudWatch({ clock: { now }, account: "000000000000", publish: async () => undefined });
  aws = await startTestAws({ lagSeconds: 0, cloudwatch: () => cloudwatch, ...services });
  const here = (region: string) => ({ endpoint: aws.gateway.url, region, credentials: root });
  s3 = { primary: new S3Client(here(primary)), recovery: new S3Client(here(recovery)) };
  secrets = { primary: new SecretsManagerClient(here(primary)), recovery: new SecretsManagerClient(here(recovery)) };
  ssm = { primary: new SSMClient(here(primary)), recovery: new SSMClient(here(recovery)) };
  metrics = new CloudWatchClient(here(recovery));
  kms = new KMSClient(here(recovery));
  sealingKey = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  catalogueKey = (await kms.send(new CreateKeyCommand({ KeyUsage: "GENERATE_VERIFY_MAC", KeySpec: "HMAC_256" }))).KeyMetadata?.Arn ?? "";
};

export const end = async () => {
  await cloudwatch.stop();
  await aws?.stop();
  rmSync(folder, { recursive: true, force: true });
};

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Credentials that may do exactly this. */
export const allowed = async (name: string, statements: readonly Statement[]): Promise<Credentials> => {
  const iam = new IAMClient({ endpoint: aws.gateway.url, region: primary, credentials: root });
  await iam.send(new CreateUserCommand({ UserName: name }));
  await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: "own", PolicyDocument: policyDocument(statements) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  iam.destroy();
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
};

export const SITE: Site = { system: SYSTEM, accountId: "000000000000", primaryRegion: primary, recoveryRegion: recovery };
export const contextWith = (configuration: unknown) => functionContext(SITE, readProd(changed("prod", { configuration })), "acme-postgres");

let made = 0;
export const bucket = async (home: "primary" | "recovery", locked = false, name?: string): Promise<ObjectStore> => {
  made += 1;
  const Bucket = name ?? `configuration-${made}`;
  const place = home === "recovery" ? { CreateBucketConfiguration: { LocationConstraint: recovery } as const } : {};
  await s3[home].send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: locked, ...place }));
  await s3[home].send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  return s3Objects(s3[home], Bucket);
};

/** A staging bucket and a vault, with what brings an export from one to the other, seals and proves it. */
export const prepare = async () => {
  const [staging, vault] = [await bucket("primary"), await bucket("recovery", true)];
  const authenticity = kmsAuthenticity(kms, catalogueKey);
  const catalogue = catalogueOf(vault, authenticity);
  const openDataKey = kmsOpener(kms);
  const refused = async () => {};
  const tools = {
    ...{ vault, catalogue, log: memoryLog().log, now, deadline: noDeadline, refused },
    ...{ signer: authenticity, authenticator: authenticity, readers: { configuration: configurationContent(openDataKey) } },
  };
  const settings = { system: SYSTEM, lockMode: "GOVERNANCE" as const, backupRetentionDays: 30 };

  /** Seals and proves what of a point has arrived: the entry, and how it was proven. */
  const sealArrived = async (pointId: string) => {
    const arrivals = [];
    for await (const page of vault.versions(`configuration/${pointId}/`))
      for (const { key, versionId } of page) arrivals.push({ bucket: vault.bucket, key, versionId, arrivedAt: now() });
    if (arrivals.length === 0) return { entryKey: undefined, outcome: "nothing arrived" };
    const [point] = (await sealArrivals(tools, settings, arrivals)).points;
    const proven = await provePoint(tools, SYSTEM, point?.entryKey ?? "");
    return { entryKey: point?.entryKey, outcome: proven.outcome };
  };
  const sealAndProve = async (pointId: string) => {
    for await (const page of staging.list(`configuration/${pointId}/`))
      for (const { key } of page) await vault.put(key, (await staging.get(key))?.bytes ?? "", { contentType: "application/octet-stream" });
    return sealArrived(pointId);
  };
  const exporting = (
    sources: Parameters<typeof exportConfiguration>[1],
    withoutReplica: () => readonly string[] | undefined = () => undefined,
    clock = now,
  ) =>
    exportConfiguration(
      {
        ...{
          system: SYSTEM,
          staging,
          vault,
          now: clock,
          log: memoryLog().log,
          deadline: noDeadline,
          random: randomBytes,
          refreshSeconds: 86_400,
          refreshUnprovenSeconds: 1800,
          withoutReplica,
        },
        makeDataKey: kmsDataKeys(kms, sealingKey),
        metrics: cloudWatchLagMetrics(metrics, SYSTEM),
      },
      sources,
    );
  const restoring = (home: "primary" | "recovery", into?: string) => ({
    ...{ vault, catalogue, openDataKey, say: () => {} },
    target: awsTarget(secrets[home], ssm[home]),
    ...(into === undefined ? {} : { folder: folderAt(into) }),
  });
  return { staging, vault, sealArrived, sealAndProve, exporting, restoring };
};

export const newest = async (metric: string, subject?: string): Promise<number | undefined> => {
  const Dimensions = [{ Name: "System", Value: SYSTEM }, ...(subject === undefined ? [] : [{ Name: "Subject", Value: subject }])];
  const window = { StartTime: new Date(Date.now() - 3_600_000), EndTime: new Date(Date.now() + 60_000), Period: 3600 };
  const { Datapoints = [] } = await metrics.send(
    new GetMetricStatisticsCommand({ Namespace: METRICS.namespace, MetricName: metric, Dimensions, ...window, Statistics: ["Maximum"] }),
  );
  return Datapoints[0]?.Maximum;
};
