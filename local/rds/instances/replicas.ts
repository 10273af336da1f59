import type { DBInstanceStatusInfo } from "@aws-sdk/client-rds";
import type { Context } from "../api/context";
import type { ReplicaState } from "../engine";
import type { Instance, ReplicaSource } from "./records";
import type { Region } from "./region";
import { say } from "./say";

export interface Replica {
  readonly instance: Instance;
  readonly region: Region;
}

/** Every read replica of an instance, by the account's records: a region that is cut off is on record too. */
export const readReplicasOf = ({ resourceId }: Pick<Instance, "resourceId">, context: Context): readonly Replica[] =>
  [...context.regions()].flatMap((region) =>
    [...region.instances.values()]
      .filter(({ replicaOf }) => replicaOf?.resourceId === resourceId)
      .map((instance) => ({ instance, region })),
  );

/** An instance as another of its family names it: by its ARN across regions, else by its identifier. */
export const nameFrom = (region: string, named: { readonly region: string; readonly arn: string }): string =>
  named.region === region ? named.arn.slice(named.arn.lastIndexOf(":") + 1) : named.arn;

const isOnRecord = ({ region, resourceId }: ReplicaSource, context: Context): boolean =>
  [...context.regions()].some(
    ({ name, instances }) => name === region && [...instances.values()].some((instance) => instance.resourceId === resourceId),
  );

const resumed = "Replication for the Read Replica resumed";
const stopped = "Replication has stopped.";
const terminated = "Replication streaming has been terminated.";

/** Asks the server how it follows its source. One that does not answer follows nothing. */
export const refreshReplication = async (instance: Instance, context: Context): Promise<ReplicaState | undefined> => {
  const { server, replicaOf: source } = instance;
  if (server === undefined || source === undefined) return undefined;
  const state = await server.replicaState().catch(() => ({ source, streaming: false, lagSeconds: undefined }));
  // It may have been promoted, or lost, meanwhile.
  if (instance.replicaOf === undefined || instance.lost) return undefined;
  const before = instance.replication;
  instance.replication = state;
  if (state !== undefined && state.streaming !== before?.streaming)
    say(instance, context, "read replica", state.streaming ? resumed : stopped);
  return state;
};

/** The source is deleted, and the replica stays one. */
export const terminateReplication = (instance: Instance, context: Context): void => {
  if (instance.replication !== undefined) instance.replication = { ...instance.replication, streaming: false };
  say(instance, context, "read replica", terminated);
};

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html */
export const replicationInfos = (instance: Instance, context: Context): DBInstanceStatusInfo[] | undefined => {
  const { replicaOf, replication, server } = instance;
  if (replicaOf === undefined || server === undefined) return undefined;
  const StatusType = "read replication";
  if (!isOnRecord(replicaOf, context)) {
    // Only another region's: a replica in the source's region is promoted when the source is deleted.
    return [{ StatusType, Normal: false, Status: "terminated", Message: terminated }];
  }
  if (replication?.streaming === true) return [{ StatusType, Normal: true, Status: "replicating" }];
  return [{ StatusType, Normal: false, Status: "error", Message: stopped }];
};
