import { type CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  type EC2Client,
  paginateDescribeInstances,
  paginateDescribeNetworkInterfaces,
  paginateDescribeSecurityGroups,
  paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { DBInstanceNotFoundFault, DescribeDBInstancesCommand, paginateDescribeDBInstances, type RDSClient } from "@aws-sdk/client-rds";
import { paginateListBuckets, type S3Client } from "@aws-sdk/client-s3";
import { paginateListSecrets, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { QuotaName } from "./quotas";

export interface UsageClients {
  readonly rds: RDSClient;
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly cloudWatch: CloudWatchClient;
}

export interface UsageContext {
  /** Name of the standing read replica. */
  readonly replica: string;
  readonly now: () => Date;
}

/** How much of each quota is used now, by AWS's own lists. What cannot be counted is thrown. */
export const usageOf = (clients: UsageClients, { replica, now }: UsageContext): ((quota: QuotaName) => Promise<number>) => {
  const { rds, ec2, s3, secrets, cloudWatch } = clients;
  const counts: Readonly<Record<QuotaName, () => Promise<number>>> = {
    databases: () => summed(paginateDescribeDBInstances({ client: rds }, {}), ({ DBInstances = [] }) => DBInstances.length),
    databaseStorageGib: () =>
      summed(paginateDescribeDBInstances({ client: rds }, {}), ({ DBInstances = [] }) =>
        total(DBInstances.map(({ AllocatedStorage = 0 }) => AllocatedStorage)),
      ),
    replicasOfDatabase: () => replicasOf(rds, replica),
    securityGroups: () => summed(paginateDescribeSecurityGroups({ client: ec2 }, {}), ({ SecurityGroups = [] }) => SecurityGroups.length),
    networkInterfaces: () =>
      summed(paginateDescribeNetworkInterfaces({ client: ec2 }, {}), ({ NetworkInterfaces = [] }) => NetworkInterfaces.length),
    functionConcurrency: () => peakConcurrency(cloudWatch, now()),
    buckets: () => summed(paginateListBuckets({ client: s3 }, { MaxBuckets: 1000 }), ({ Buckets = [] }) => Buckets.length),
    secrets: () =>
      summed(paginateListSecrets({ client: secrets }, { IncludePlannedDeletion: true }), ({ SecretList = [] }) => SecretList.length),
    vcpus: () => standardVcpus(ec2),
    volumesTib: async () => (await gp3Gib(ec2)) / 1024,
    clusters: async () => {
      throw new Error("clusters are not counted: aws eks list-clusters");
    },
  };
  return (quota) => counts[quota]();
};

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const summed = async <Page>(pages: AsyncIterable<Page>, count: (page: Page) => number): Promise<number> => {
  let sum = 0;
  for await (const page of pages) sum += count(page);
  return sum;
};

/** Where none stands, the recovered database begins without any. */
const replicasOf = async (client: RDSClient, replica: string): Promise<number> => {
  try {
    const { DBInstances: [found] = [] } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: replica }));
    return found?.ReadReplicaDBInstanceIdentifiers?.length ?? 0;
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return 0;
    throw error;
  }
};

/** The families that the quota counts: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html */
const STANDARD = /^[acdhimrtz]\d/;

const standardVcpus = (client: EC2Client): Promise<number> =>
  summed(
    paginateDescribeInstances({ client }, { Filters: [{ Name: "instance-state-name", Values: ["pending", "running"] }] }),
    ({ Reservations = [] }) =>
      total(
        Reservations.flatMap(({ Instances = [] }) => Instances)
          .filter(({ InstanceType = "", InstanceLifecycle }) => STANDARD.test(InstanceType) && InstanceLifecycle !== "spot")
          .map(({ CpuOptions }) => (CpuOptions?.CoreCount ?? 0) * (CpuOptions?.ThreadsPerCore ?? 1)),
      ),
  );

const gp3Gib = (client: EC2Client): Promise<number> =>
  summed(paginateDescribeVolumes({ client }, { Filters: [{ Name: "volume-type", Values: ["gp3"] }] }), ({ Volumes = [] }) =>
    total(Volumes.map(({ Size = 0 }) => Size)),
  );

const DAY_MS = 86_400_000;
const PERIOD_SECONDS = 3600;

/** The day's peak over all functions of the region: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html */
const peakConcurrency = async (client: CloudWatchClient, now: Date): Promise<number> => {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/Lambda",
      MetricName: "ConcurrentExecutions",
      StartTime: new Date(now.getTime() - DAY_MS),
      EndTime: now,
      Period: PERIOD_SECONDS,
      Statistics: ["Maximum"],
    }),
  );
  const peaks = Datapoints.flatMap(({ Maximum }) => Maximum ?? []);
  // The watching function runs every minute: a day without a measurement is one that nobody measured.
  if (peaks.length === 0) throw new Error("CloudWatch has no measurement of the last day");
  return Math.max(...peaks);
};
