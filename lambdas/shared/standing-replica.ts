import type { Replica, ReplicaLag, ReplicaLagReader, ReplicaReader } from "./database-replica";

export interface ReplicaSources {
  readonly replicas: ReplicaReader;
  readonly lags: ReplicaLagReader;
}

export interface MeasuredReplica {
  readonly replica: Replica;
  /** How far it is behind, seconds; absent when nothing was measured. */
  readonly lagSeconds?: number;
  /** Every commit of before this time is in it, by the measurement alone: its period began then, and it was no further behind. */
  readonly measuredAsOf?: Date;
}

/** The standing replica of this region with its lag; undefined when there is no instance of its name. */
export const measuredReplica = async (
  { replicas, lags }: ReplicaSources,
  instance: string,
  now: Date,
): Promise<MeasuredReplica | undefined> => {
  const replica = await replicas.find(instance);
  if (replica === undefined) return undefined;
  const measured = await lags.newest(instance, now);
  if (measured === undefined) return { replica };
  const measuredAsOf = new Date(measured.measuredAt.getTime() - measured.lagSeconds * 1000);
  return { replica, lagSeconds: lagNow(replica, measured, now), measuredAsOf };
};

/** A replica that nothing arrives at is behind by the time since its last measurement at least: the metric is a minute's, and may still show a good one. */
const lagNow = ({ replicating }: Replica, { lagSeconds, measuredAt }: ReplicaLag, now: Date): number =>
  replicating ? lagSeconds : Math.max(lagSeconds, (now.getTime() - measuredAt.getTime()) / 1000);
