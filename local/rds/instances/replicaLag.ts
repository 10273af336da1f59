import type { Context } from "../api/context";
import type { Instance } from "./records";
import { refreshReplication } from "./replicas";

/** A datum of the namespace AWS/RDS. */
export interface MetricDatum {
  readonly metricName: "ReplicaLag";
  /** The dimension DBInstanceIdentifier. */
  readonly instance: string;
  readonly time: Date;
  readonly value: number;
  readonly unit: "Seconds";
}

export type PublishMetric = (region: string, datum: MetricDatum) => void;

/**
 * The metric ReplicaLag of every read replica of the context's region, once; -1: it follows nothing. AWS says so of MySQL and MariaDB, and of PostgreSQL
 * only that the metric is the age of the last replayed transaction: there it may also grow. A replica that does not know its lag yet has no datum.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_MySQL.Replication.ReadReplicas.Monitor.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html
 */
export const publishReplicaLag = async (context: Context, publish: PublishMetric): Promise<void> => {
  const replicas = [...context.region.instances.values()].filter(
    ({ replicaOf, server }) => replicaOf !== undefined && server !== undefined,
  );
  await Promise.all(replicas.map((instance) => publishOne(instance, context, publish)));
};

const publishOne = async (instance: Instance, context: Context, publish: PublishMetric): Promise<void> => {
  const state = await refreshReplication(instance, context);
  const value = state?.streaming === false ? -1 : state?.lagSeconds;
  // The region may have been cut off meanwhile.
  if (value === undefined || context.isCut(context.region.name)) return;
  publish(context.region.name, {
    metricName: "ReplicaLag",
    instance: instance.identifier,
    time: context.clock.now(),
    value,
    unit: "Seconds",
  });
};
