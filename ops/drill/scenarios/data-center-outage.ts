import { told } from "../context";
import { describedDatabase, synchronousStandby } from "../database";
import { until } from "../polling";
import { DATABASE_LAGS } from "../profile";
import { PROTECTION_TIMEOUT_SECONDS, steadyWrites } from "../protections";
import type { Protection, Scenario } from "../scenario";
import { zoneFindings } from "../zone/findings";
import { loseAndWatch } from "../zone/recover";

/** Of rows and commits: about ten documents. */
const WRITES = 20;

/** Commits wait for a standby in another zone. */
const standby: Protection = async (context) => {
  const look = async () => {
    const { AvailabilityZone: zone, SecondaryAvailabilityZone: other } = await describedDatabase(context.observers.primary.rds);
    const found = other !== undefined && other !== zone && synchronousStandby(context.aws) === other ? other : undefined;
    return { found, seen: other === undefined ? "no standby" : `a standby in ${other} that commits do not wait for` };
  };
  const hint = "Read engine.log and the databases' logs in the run's databases folder";
  const question = { what: "A synchronous standby", look, timeoutSeconds: PROTECTION_TIMEOUT_SECONDS, hint };
  await told(
    context.progress,
    "Waiting for the database's standby",
    (step) => until(question, context, step.update),
    (zone) => `in ${zone}, commits wait for it`,
  );
};

/** A zone is lost, with the database's primary and the pods in it: the standby takes over, and nobody does anything. */
export const dataCenterOutage: Scenario = {
  name: "data-center-outage",
  databases: DATABASE_LAGS,
  documents: 200,
  // No export and no copy in another region is needed: nothing is restored.
  jobs: false,
  awaits: [standby, steadyWrites(WRITES)],
  loseAndRecover: async (context, before) => zoneFindings(DATABASE_LAGS, before, await loseAndWatch(context, before)),
};
