import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Subject } from "../../../recovery/configuration/subjects";
import { formatSeconds } from "../../../recovery/duration";
import { METRICS } from "../../../recovery/names";

export interface LagAlarmsArgs {
  readonly system: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
  /** What is exported or mirrored, how old it may be, and how often that is measured. Seconds. */
  readonly subjects: readonly { readonly subject: Subject; readonly alarmAtSeconds: number; readonly measuredEverySeconds: number }[];
}

/** An alarm's name says what is behind: `acme-configuration-repositories-shop-lag`. */
export const lagAlarmName = (system: string, subject: Subject): string => `${system}-configuration-${subject.replace(/\//g, "-")}-lag`;

/** Two measurements to a period: one that comes a little late is no missing one. */
const MEASUREMENTS = 2;

/** Tells people, in the recovery region, which subject of configuration is behind, and that a secret has no copy there. */
export class LagAlarms extends pulumi.ComponentResource {
  constructor(name: string, { system, topicArn, runbooks, subjects }: LagAlarmsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:configuration:LagAlarms", name, {}, options);
    const child = { parent: this };
    const common = {
      namespace: METRICS.namespace,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      alarmActions: [topicArn],
      okActions: [topicArn],
    };
    for (const { subject, alarmAtSeconds, measuredEverySeconds } of subjects)
      new aws.cloudwatch.MetricAlarm(
        `${name}-${subject.replace(/\//g, "-")}`,
        {
          ...common,
          name: lagAlarmName(system, subject),
          alarmDescription: `${subject} of the configuration was last known to be up to date more than ${formatSeconds(alarmAtSeconds)} ago. Runbook: ${runbooks}/configuration-lag.md`,
          metricName: METRICS.configurationLag,
          dimensions: { System: system, Subject: subject },
          threshold: alarmAtSeconds,
          period: Math.ceil((MEASUREMENTS * measuredEverySeconds) / 60) * 60,
          // No measurement is no protection that anybody knows of.
          treatMissingData: "breaching",
        },
        child,
      );
    new aws.cloudwatch.MetricAlarm(
      `${name}-replicas`,
      {
        ...common,
        name: `${system}-secrets-without-replica`,
        alarmDescription: `A secret has no copy in the recovery region that is in step; the log of ${system}-configuration-export names it. Runbook: ${runbooks}/configuration-lag.md`,
        metricName: METRICS.secretsWithoutReplica,
        dimensions: { System: system },
        threshold: 0,
        period: 300,
        // Whether anybody looks is the other alarms' to say.
        treatMissingData: "notBreaching",
      },
      child,
    );
    this.registerOutputs({});
  }
}
