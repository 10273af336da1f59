import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formatSeconds } from "../../../../recovery/duration";
import { dumpAlarmName, METRICS } from "../../../../recovery/names";

export interface DumpAlarmArgs {
  readonly system: string;
  readonly alarmAtSeconds: number;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
}

const HOUR_SECONDS = 3600;

/** Tells people, in the recovery region, that the newest proven dump is too old: a job that never started fails nowhere else. */
export class DumpAlarm extends pulumi.ComponentResource {
  constructor(name: string, { system, alarmAtSeconds, topicArn, runbooks }: DumpAlarmArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:postgres:DumpAlarm", name, {}, options);
    new aws.cloudwatch.MetricAlarm(
      name,
      {
        name: dumpAlarmName(system),
        alarmDescription: `The newest proven dump of PostgreSQL is older than ${formatSeconds(alarmAtSeconds)}, or there is none. Runbook: ${runbooks}/dump-missing.md`,
        namespace: METRICS.namespace,
        metricName: METRICS.dumpAge,
        dimensions: { System: system, Store: "postgres" },
        statistic: "Maximum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: alarmAtSeconds,
        period: HOUR_SECONDS,
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
