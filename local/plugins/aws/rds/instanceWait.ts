import { type DBInstance, DescribeDBInstancesCommand, DescribeEventsCommand, type RDSClient, SourceType } from "@aws-sdk/client-rds";
import { LifeboatError, messageOf } from "../../../../recovery/errors";
import { unlessGone } from "../common";
import { named } from "./client";
import { type Patience, until } from "./polling";

export const instanceGone = named("DBInstanceNotFound");

/** The official plugin's patience, where the program sets none. */
export const timeouts = { createSeconds: 50 * 60, updateSeconds: 80 * 60, deleteSeconds: 60 * 60 } as const;

/** What AWS passes through by itself; any other status but these and the usable ones needs somebody. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html */
const passing = new Set([
  ...["backing-up", "creating", "maintenance", "modifying", "moving-to-vpc", "rebooting", "renaming", "resetting-master-credentials"],
  ...["configuring-enhanced-monitoring", "configuring-iam-database-auth", "configuring-log-exports", "starting", "stopping", "upgrading"],
  ...["storage-config-upgrade", "storage-full", "storage-initialization"],
]);
const usable = new Set(["available", "storage-optimization"]);

const resourceIdForm = /^db-[0-9A-Za-z]{2,255}$/;

/** An instance by what never changes, its resource id; a name is accepted too, as an import gives one. */
export async function findInstance(client: RDSClient, id: string): Promise<DBInstance | undefined> {
  if (resourceIdForm.test(id)) {
    const Filters = [{ Name: "dbi-resource-id", Values: [id] }];
    const answer = await unlessGone(client.send(new DescribeDBInstancesCommand({ Filters })), ...instanceGone);
    const found = answer?.DBInstances?.find((instance) => instance.DbiResourceId === id);
    if (found !== undefined) return found;
  }
  const answer = await unlessGone(client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })), ...instanceGone);
  return answer?.DBInstances?.find((instance) => instance.DBInstanceIdentifier === id);
}

const latestEvents = 5;

/** The last things that RDS says of an instance; never an error of its own, because it only explains another one. */
async function eventsOf(client: RDSClient, identifier: string | undefined): Promise<string> {
  try {
    const request = { SourceIdentifier: identifier, SourceType: SourceType.db_instance, Duration: 60 };
    const events = (await client.send(new DescribeEventsCommand(request))).Events ?? [];
    if (events.length === 0) return "RDS has no events of it";
    return events
      .slice(-latestEvents)
      .map(({ Date: at, Message }) => `${at?.toISOString()} ${Message}`)
      .join("; ");
  } catch (thrown) {
    return `its events cannot be read: ${messageOf(thrown)}`;
  }
}

async function stuck(client: RDSClient, id: string, what: string, found: DBInstance | undefined, hint: string): Promise<LifeboatError> {
  const identifier = found?.DBInstanceIdentifier;
  const status = found === undefined ? "it is gone" : `status ${found.DBInstanceStatus}`;
  return new LifeboatError({
    code: "store-unavailable",
    what: `The database ${identifier ?? id} ${what}`,
    received: found === undefined ? status : `${status}; ${await eventsOf(client, identifier)}`,
    hint,
  });
}

const hasPending = ({ PendingModifiedValues: pending }: DBInstance): boolean =>
  Object.values(pending ?? {}).some((value) => value !== undefined && !(Array.isArray(value) && value.length === 0));

/** When to count an instance as ready: `applied` waits for its modifications too, which RDS takes up a moment after it accepted them. */
export interface Readiness extends Patience {
  readonly applied?: boolean;
}

/** Until the instance can be connected to and changed; throws with its status and events where it will not come to that. */
export async function available(client: RDSClient, id: string, readiness: Readiness): Promise<DBInstance> {
  let last: DBInstance | undefined;
  const settled = async (): Promise<"ready" | "failed" | undefined> => {
    last = await findInstance(client, id);
    const status = last?.DBInstanceStatus ?? "";
    if (last === undefined || !(passing.has(status) || usable.has(status))) return "failed";
    return usable.has(status) && !(readiness.applied && hasPending(last)) ? "ready" : undefined;
  };
  let outcome: "ready" | "failed" | undefined;
  try {
    outcome = await until(settled, readiness);
  } catch (thrown) {
    if (!readiness.signal?.aborted) throw thrown;
    throw await stuck(
      client,
      id,
      `is not available yet, and the wait ended: ${messageOf(readiness.signal.reason)}`,
      last,
      "Run the update again to go on waiting",
    );
  }
  if (outcome === "ready" && last !== undefined) return last;
  if (outcome === "failed")
    throw await stuck(
      client,
      id,
      "does not become available",
      last,
      last === undefined
        ? "Run `pulumi refresh`, then the update again"
        : "Correct what its events say, or destroy it by `pulumi destroy --target`, and run the update again",
    );
  const minutes = Math.round(readiness.timeoutSeconds / 60);
  throw await stuck(client, id, `is not available after ${minutes} minutes`, last, "Run the update again to go on waiting");
}

/** Until the instance is gone, with its final snapshot taken. */
export async function deleted(client: RDSClient, id: string, patience: Patience): Promise<void> {
  let last: DBInstance | undefined;
  const gone = await until(async (): Promise<true | undefined> => {
    last = await findInstance(client, id);
    return last === undefined ? true : undefined;
  }, patience);
  if (gone) return;
  const minutes = Math.round(patience.timeoutSeconds / 60);
  throw await stuck(client, id, `is not deleted after ${minutes} minutes`, last, "Correct what its events say, then run the destroy again");
}
