import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { coverageAlarmName, METRICS } from "../../../recovery/names";

export interface CoverageAlarmArgs {
  readonly system: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
}

/** The longest period of an alarm that evaluates once. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const DAY_SECONDS = 86_400;

/** Tells people, in the recovery region, of what exists and nobody protects, and of a day in which nobody looked. */
export class CoverageAlarm extends pulumi.ComponentResource {
  constructor(name: string, { system, topicArn, runbooks }: CoverageAlarmArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:CoverageAlarm", name, {}, options);
    new aws.cloudwatch.MetricAlarm(
      name,
      {
        name: coverageAlarmName(system),
        alarmDescription: `Something in the account is not protected, its protection has stopped, or it could not be listed. npm run lifeboat -- coverage names it. Runbook: ${runbooks}/uncovered.md`,
        namespace: METRICS.namespace,
        metricName: METRICS.uncovered,
        dimensions: { System: system },
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        period: DAY_SECONDS,
        evaluationPeriods: 1,
        treatMissingData: "breaching",
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
