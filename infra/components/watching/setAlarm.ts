import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { METRICS, setAlarmName } from "../../../recovery/names";

export interface SetAlarmArgs {
  readonly system: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
  /** How often a set is written. Seconds. */
  readonly intervalSeconds: number;
}

const DAY_SECONDS = 86_400;
/** A replica whose lag was not measured for a minute is missing from one set, and nobody has to get up for that. */
const SETS_IN_A_ROW = 2;

/** Tells people, in the recovery region, that the sets lack a store: a recovery of all of them to one time has nothing to take for it. */
export class SetAlarm extends pulumi.ComponentResource {
  constructor(name: string, { system, topicArn, runbooks, intervalSeconds }: SetAlarmArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:SetAlarm", name, {}, options);
    new aws.cloudwatch.MetricAlarm(
      `${name}-incomplete`,
      {
        name: setAlarmName(system),
        alarmDescription: `${SETS_IN_A_ROW} recovery sets in a row lack something that a recovery of all stores would take; the log of ${system}-recovery-set says what. Runbook: ${runbooks}/set-incomplete.md`,
        namespace: METRICS.namespace,
        metricName: METRICS.missingFromSet,
        dimensions: { System: system },
        statistic: "Minimum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        period: Math.min(DAY_SECONDS, Math.ceil(intervalSeconds / 60) * 60),
        evaluationPeriods: SETS_IN_A_ROW,
        // A gap stands until a later set says otherwise; that none is written the function's own alarm tells.
        treatMissingData: "ignore",
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
