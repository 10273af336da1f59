import { DEFAULT_DOCUMENTS } from "../../../local/workload/corpus";
import { rpoAlarmName } from "../../../recovery/names";
import type { RegionalOptions } from "../options";
import { databaseLags, decidingAlarms, SYSTEM } from "../profile";
import { calmAlarms, completeSet, databaseCopies, provenExports } from "../protections";
import { regionalFindings } from "../regional/findings";
import { loseAndRecover } from "../regional/recover";
import type { Scenario } from "../scenario";

/** The primary region is gone, with all that it kept: the system comes back in the other one, by `pulumi up` on `dr`. */
export const regionalDisaster = (options: RegionalOptions): Scenario => {
  const databases = databaseLags(options);
  return {
    name: options.scenario,
    databases,
    documents: DEFAULT_DOCUMENTS,
    jobs: true,
    awaits: [
      provenExports,
      databaseCopies,
      completeSet,
      calmAlarms([...decidingAlarms(options).map(({ name }) => name), rpoAlarmName(SYSTEM, "chroma")]),
    ],
    loseAndRecover: async (context, before) => {
      const { aws } = context;
      const clusterRequestsBefore = aws.pods.primary.requestCount();
      const outcome = await loseAndRecover(context, options, before);
      return regionalFindings({ options, databases, aws, before, outcome, clusterRequestsBefore });
    },
  };
};
