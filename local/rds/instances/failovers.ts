import type { Context } from "../api/context";
import type { DatabaseServer } from "../engine";
import { refreshBackups } from "./backups";
import type { Instance } from "./records";
import { say } from "./say";

/** As RDS words them: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html and https://repost.aws/knowledge-center/rds-multi-az-failover-restart */
const started = "Multi-AZ instance failover started.";
const completed = "Multi-AZ instance failover completed";
const reasons = {
  asked: "The user requested a failover of the DB instance.",
  "primary lost": "The primary host of the RDS Multi-AZ instance is unhealthy.",
} as const;

/** Said once for each failover: by whom knows that it begins, or when it is over, for the server tells of its own failovers only then. */
export const failoverStarts = (instance: Instance, context: Context): void => {
  if (instance.failingOver) return;
  instance.failingOver = true;
  say(instance, context, "failover", started);
};

/** Keeps the instance's record and its events in step with its server's failovers. */
export const watchFailovers = (instance: Instance, server: DatabaseServer, context: Context): void =>
  server.onFailover(({ to, reason }) => {
    if (instance.lost) return;
    failoverStarts(instance, context);
    instance.failingOver = false;
    instance.settings = { ...instance.settings, availabilityZone: to };
    say(instance, context, "availability", "DB instance restarted");
    say(instance, context, "failover", completed);
    say(instance, context, "failover", reasons[reason]);
    refreshBackups(instance, context);
  });
