import type { DBInstance } from "@aws-sdk/client-rds";
import { LifeboatError } from "../../../recovery/errors";
import { isFailed } from "./found";
import type { Place, RestoreTools } from "./ports";

type WaitTools = Pick<RestoreTools, "primary" | "pause" | "say" | "signal">;

/** Until RDS calls the instance available, under its new name where one is asked for. Hours are possible, so there is no time-out: who gives up interrupts. */
export const untilAvailable = async (tools: WaitTools, resourceId: string, name?: string): Promise<DBInstance> => {
  let seen: string | undefined;
  for (;;) {
    tools.signal.throwIfAborted();
    const instance = await tools.primary.byResource(resourceId);
    if (instance === undefined || isFailed(instance)) throw lost(resourceId, instance);
    const { DBInstanceIdentifier: identifier, DBInstanceStatus: status, PendingModifiedValues: pending } = instance;
    const isNamed = name === undefined ? pending?.DBInstanceIdentifier === undefined : identifier === name;
    if (status === "available" && isNamed) return instance;
    if (status !== seen) tools.say(`${identifier} is ${status}`);
    seen = status;
    await tools.pause();
  }
};

export const untilGone = async (tools: WaitTools, resourceId: string): Promise<void> => {
  while ((await tools.primary.byResource(resourceId)) !== undefined) {
    tools.signal.throwIfAborted();
    await tools.pause();
  }
};

export const placeOf = ({ DBInstanceIdentifier: identifier, Endpoint }: DBInstance): Place => {
  const { Address: host, Port: port } = Endpoint ?? {};
  if (host !== undefined && port !== undefined) return { host, port };
  throw new LifeboatError({
    code: "store-unavailable",
    what: `RDS calls ${identifier} available and tells no endpoint of it`,
    hint: "Run this again",
  });
};

const lost = (resourceId: string, instance: DBInstance | undefined): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "The restored database did not become available",
    received: instance === undefined ? `${resourceId} is gone` : `${instance.DBInstanceIdentifier} is ${instance.DBInstanceStatus}`,
    hint: "Read its events in RDS. The backups that it came from are kept: delete it and run this again",
  });
