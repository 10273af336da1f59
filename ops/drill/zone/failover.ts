import { DescribeEventsCommand, type RDSClient } from "@aws-sdk/client-rds";
import { databaseNames } from "../../../recovery/names";
import { type DrillContext, told } from "../context";
import { until } from "../polling";
import { SYSTEM } from "../profile";

/** When RDS says that it began and ended a failover. */
export interface Failover {
  readonly startedAt: Date;
  readonly completedAt: Date;
}

/** On AWS it takes 60 to 120 s. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html */
const FAILOVER_TIMEOUT_SECONDS = 180;

/** Waits until RDS's events tell of a whole failover since the disaster. */
export const failoverAfter = (disasterAt: Date, context: DrillContext): Promise<Failover> => {
  const { observers, progress } = context;
  return told(
    progress,
    "Waiting for the standby to take over",
    (step) =>
      until(
        {
          what: "The end of the failover in RDS's events",
          look: () => lookForFailover(observers.primary.rds, disasterAt),
          timeoutSeconds: FAILOVER_TIMEOUT_SECONDS,
          hint: "Read engine.log and the databases' logs in the run's databases folder",
        },
        context,
        step.update,
      ),
    ({ startedAt, completedAt }) => `RDS said so ${(completedAt.getTime() - startedAt.getTime()) / 1000} s after it had begun`,
  );
};

const lookForFailover = async (rds: RDSClient, disasterAt: Date): Promise<{ readonly found?: Failover; readonly seen: string }> => {
  const { Events = [] } = await rds.send(
    new DescribeEventsCommand({
      SourceIdentifier: databaseNames(SYSTEM).instance,
      SourceType: "db-instance",
      StartTime: disasterAt,
      EventCategories: ["failover"],
    }),
  );
  const timeOf = (words: RegExp): Date | undefined => Events.find(({ Message = "" }) => words.test(Message))?.Date;
  const [startedAt, completedAt] = [timeOf(/failover started/), timeOf(/failover completed/)];
  const seen = Events.map(({ Message }) => Message).join("; ") || "no event";
  return startedAt === undefined || completedAt === undefined ? { seen } : { found: { startedAt, completedAt }, seen };
};
