import { type CloudWatchClient, type Datapoint, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { type DBInstance, DBInstanceNotFoundFault, DescribeDBInstancesCommand, type RDSClient } from "@aws-sdk/client-rds";

/** A standing read replica of the client's region, or the instance that it became, as RDS describes it. */
export interface Replica {
  readonly instance: string;
  readonly arn: string;
  /** RDS's `DbiResourceId`: an instance that is made again under the same name has another one. */
  readonly resourceId: string;
  /** RDS's own word of the instance, in lower case, such as `available`. */
  readonly status: string;
  /** The ARN of its source where that is in another region, else its identifier; absent once it was promoted. */
  readonly sourceArn?: string;
  /** Whether new commits are known to arrive. A source that is lost ends this, and takes nothing from what has arrived. */
  readonly replicating: boolean;
  /** RDS's own word of the replication, in lower case: `replicating`, `error`, `terminated` and others; empty when it says none. */
  readonly replicationStatus: string;
  readonly host?: string;
  readonly port?: number;
  readonly engineVersion: string;
}

export interface ReplicaReader {
  /** Undefined when the client's region has no instance of this name. Any other failure is thrown. */
  find(instanceIdentifier: string): Promise<Replica | undefined>;
}

export interface ReplicaLag {
  /** How far the replica is behind, seconds, with the age of the measurement where that counts: see `newestLag`. */
  readonly lagSeconds: number;
  readonly measuredAt: Date;
}

export interface ReplicaLagReader {
  /** Undefined when nothing was measured within three hours, or only that nothing replicates. */
  newest(instanceIdentifier: string, now: Date): Promise<ReplicaLag | undefined>;
}

/** RDS in the client's region. */
export const rdsReplicas = (client: RDSClient): ReplicaReader => ({
  async find(instanceIdentifier) {
    try {
      const { DBInstances = [] } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instanceIdentifier }));
      return DBInstances.flatMap((described) => replicaOf(described) ?? []).find(({ instance }) => instance === instanceIdentifier);
    } catch (error) {
      if (error instanceof DBInstanceNotFoundFault) return undefined;
      throw error;
    }
  },
});

/** Undefined for what could not be told apart from an instance made again under the same name. */
const replicaOf = (described: DBInstance): Replica | undefined => {
  const { DBInstanceIdentifier: instance, DBInstanceArn: arn, DbiResourceId: resourceId, Endpoint } = described;
  if (instance === undefined || arn === undefined || resourceId === undefined) return undefined;
  const sourceArn = described.ReadReplicaSourceDBInstanceIdentifier;
  const replication = (described.StatusInfos ?? []).find(({ StatusType }) => StatusType === "read replication");
  const replicationStatus = (replication?.Status ?? "").toLowerCase();
  return {
    instance,
    arn,
    resourceId,
    status: (described.DBInstanceStatus ?? "").toLowerCase(),
    ...(sourceArn === undefined || sourceArn === "" ? {} : { sourceArn }),
    replicating: replicationStatus === REPLICATING && replication?.Normal !== false,
    replicationStatus,
    ...(Endpoint?.Address === undefined ? {} : { host: Endpoint.Address }),
    ...(Endpoint?.Port === undefined ? {} : { port: Endpoint.Port }),
    engineVersion: described.EngineVersion ?? "",
  };
};

/** The one word of a replication that goes on in all databases. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html */
const REPLICATING = "replicating";

/** RDS publishes a metric once a minute. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html */
export const RDS_METRIC_PERIOD_SECONDS = 60;

/** CloudWatch in the client's region: RDS publishes a replica's lag where the replica is, once in each period. */
export const cloudWatchReplicaLag = (client: CloudWatchClient, periodSeconds = RDS_METRIC_PERIOD_SECONDS): ReplicaLagReader => ({
  async newest(instanceIdentifier, now) {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: "AWS/RDS",
        MetricName: "ReplicaLag",
        Dimensions: [{ Name: "DBInstanceIdentifier", Value: instanceIdentifier }],
        StartTime: new Date(now.getTime() - Math.min(LOOKBACK_MS, MOST_DATA * periodSeconds * 1000)),
        EndTime: now,
        Period: periodSeconds,
        Statistics: ["Maximum", "Minimum"],
      }),
    );
    return newestLag(Datapoints.flatMap(measurementsOf), now, periodSeconds);
  },
});

/** A period in which nothing replicated for a while holds both: the greatest lag, and that it may have stopped after it. */
const measurementsOf = ({ Timestamp: measuredAt, Maximum, Minimum }: Datapoint): readonly ReplicaLag[] => {
  if (measuredAt === undefined || Maximum === undefined) return [];
  const stopped = Minimum !== undefined && Minimum < 0 && Maximum >= 0 ? [{ lagSeconds: Minimum, measuredAt }] : [];
  return [...stopped, { lagSeconds: Maximum, measuredAt }];
};

/** What is older says nothing of a replica any more. */
const LOOKBACK_MS = 3 * 60 * 60 * 1000;

/** GetMetricStatistics answers 1,440 data at most. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MOST_DATA = 1_440;

/** A datum is stamped with the beginning of its period: only one that is older than a few says that measuring has stopped. */
const FRESH_PERIODS = 3;

/**
 * What the newest measurement says of now. A negative one says only that nothing replicates, so the one before it is taken; that one, and one that is
 * older than three periods, counts its age on top, because nothing says that the replica went on since. Of two of one time a negative one counts as the
 * later. Where nothing is written, PostgreSQL's own lag rises to five minutes.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html
 */
export const newestLag = (data: readonly ReplicaLag[], now: Date, periodSeconds = RDS_METRIC_PERIOD_SECONDS): ReplicaLag | undefined => {
  const [newest, ...older] = [...data].sort(
    (a, b) => b.measuredAt.getTime() - a.measuredAt.getTime() || Number(b.lagSeconds < 0) - Number(a.lagSeconds < 0),
  );
  if (newest === undefined) return undefined;
  const stopped = newest.lagSeconds < 0;
  const measured = stopped ? older.find(({ lagSeconds }) => lagSeconds >= 0) : newest;
  if (measured === undefined) return undefined;
  const ageMs = Math.max(0, now.getTime() - measured.measuredAt.getTime());
  const counted = stopped || ageMs > FRESH_PERIODS * periodSeconds * 1000 ? ageMs / 1000 : 0;
  return { lagSeconds: measured.lagSeconds + counted, measuredAt: measured.measuredAt };
};
