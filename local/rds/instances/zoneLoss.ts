import type { Context } from "../api/context";
import { failoverStarts } from "./failovers";
import type { Instance } from "./records";
import { say } from "./say";
import { become } from "./states";

const instancesIn = (zone: string, { region }: Context): readonly Instance[] =>
  [...region.instances.values()].filter(({ server, lost }) => server !== undefined && server.zone === zone && !lost);

/** One that has every commit: another would lose some, and does not take over. */
const hasStandby = ({ server }: Instance, { region }: Context): boolean =>
  server?.standby?.synchronous === true && !region.lostZones.has(server.standby.zone);

/** A zone without power. An instance with a standby elsewhere fails over; another is down until `resumeZone`. Resolves to the processes that were killed. */
export const loseZone = async (zone: string, context: Context): Promise<readonly number[]> => {
  const { region, engine } = context;
  region.lostZones.add(zone);
  for (const instance of instancesIn(zone, context)) {
    if (hasStandby(instance, context)) failoverStarts(instance, context);
    else loseServer(instance, context);
  }
  return engine.loseZone(region.name, zone);
};

/** An instance that is being changed becomes `rebooting` when that ends. */
const loseServer = (instance: Instance, context: Context): void => {
  instance.unpowered = true;
  if (instance.status === "available") become(instance, "rebooting");
  say(
    instance,
    context,
    "recovery",
    "Recovery of the DB instance has started. Recovery time will vary with the amount of data to be recovered.",
  );
};

export const resumeZone = async (zone: string, context: Context): Promise<void> => {
  const { region, engine } = context;
  region.lostZones.delete(zone);
  await engine.resumeZone(region.name, zone);
  for (const instance of instancesIn(zone, context).filter(({ unpowered }) => unpowered)) {
    instance.unpowered = false;
    if (instance.status === "rebooting") become(instance, "available");
    say(instance, context, "recovery", "Recovery of the DB instance is complete.");
  }
};
