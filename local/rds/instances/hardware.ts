import type { Context } from "../api/context";
import type { LostRegion } from "./lost";
import type { Instance } from "./records";
import { say } from "./say";

/**
 * The instance's host and volumes are gone, its standby's with them. What its region keeps of it elsewhere stays: automated backups and snapshots are in
 * object storage, and end with what was shipped. Events: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
 */
export const loseHardware = async (instance: Instance, context: Context): Promise<LostRegion> => {
  const { server } = instance;
  say(instance, context, "failure", "DB instance put into failed state. RDS recommends that you initiate a point-in-time-restore.");
  instance.status = "failed";
  instance.lost = true;
  instance.server = undefined;
  instance.replication = undefined;
  if (server === undefined) return { pids: [], directories: [] };
  const machines = [server, ...(server.standby === undefined ? [] : [server.standby])];
  const pids = machines.map(({ pid }) => pid);
  const directories = machines.map(({ dataDirectory }) => dataDirectory);
  await server.kill();
  await server.erase();
  return { pids, directories };
};
