import { estimatesOnAws } from "../../../recovery/evidence/estimates";
import type { EstimatedStep } from "../../../recovery/evidence/evidence";
import { ALARM_PERIOD_SECONDS, EXPORT_INTERVAL_SECONDS, SAMPLE_INTERVAL_SECONDS } from "../profile";

const AWS_DOCS = "https://docs.aws.amazon.com";

/** Those of a region's loss that happen here too: nothing is brought to another region, and Chroma is not touched. */
const SHARED = [
  "postgres: shipping of WAL from the database",
  "decide: measurement of the lag",
  "decide: evaluation of the alarm",
  "decide: a person's decision",
  "restore: database to a time, until available",
  "hydrate: the restored database's volume",
];

/** What the steps of a restore in the region take on AWS, as documented. */
export const hardwareEstimates = (): Readonly<Record<string, EstimatedStep>> => ({
  ...Object.fromEntries(
    Object.entries(
      estimatesOnAws({
        chromaRecords: 0,
        alarm: { periodSeconds: ALARM_PERIOD_SECONDS, evaluationPeriods: 1 },
        exportIntervalSeconds: EXPORT_INTERVAL_SECONDS,
        watchIntervalSeconds: SAMPLE_INTERVAL_SECONDS,
      }),
    ).filter(([name]) => SHARED.includes(name)),
  ),
  "cut over: deletion of the failed instance": {
    seconds: null,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html`,
    note: "unknown: no figure is published; without a final snapshot it is minutes",
  },
  "cut over: the name on the restored instance": {
    seconds: 600,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/USER_RenameInstance.html`,
    note: "documented as about 10 minutes until the new name is effective, and the instance is not available until then",
  },
});
