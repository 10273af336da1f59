import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formatSeconds } from "../../../recovery/duration";
import { lockedCopyAlarmName, METRICS, snapshotFailuresAlarmName } from "../../../recovery/names";

export interface SnapshotAlarmsArgs {
  readonly system: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
  /** How old the newest copy may be. Seconds. */
  readonly alarmAtSeconds: number;
}

const HOUR_SECONDS = 3600;
const FAILURES_WITHIN_SECONDS = 6 * HOUR_SECONDS;
/**
 * A job of every hour may fail by the day's course: AWS Backup takes no snapshot around RDS's own backup window and its maintenance window, which is up to
 * three hours in a row when the two are neighbours. https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup.html
 */
const FAILURES_BORNE = 3;

/** Tells people, in the recovery region, that the newest copy of a snapshot is too old, and of jobs that fail one after the other. */
export class SnapshotAlarms extends pulumi.ComponentResource {
  constructor(name: string, { system, topicArn, runbooks, alarmAtSeconds }: SnapshotAlarmsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:SnapshotAlarms", name, {}, options);
    const child = { parent: this };
    const common = {
      namespace: METRICS.namespace,
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      alarmActions: [topicArn],
      okActions: [topicArn],
    };
    new aws.cloudwatch.MetricAlarm(
      `${name}-age`,
      {
        ...common,
        name: lockedCopyAlarmName(system),
        alarmDescription: `The newest copy of a database snapshot by AWS Backup is of more than ${formatSeconds(alarmAtSeconds)} ago, or there is none. Runbook: ${runbooks}/locked-copies.md`,
        metricName: METRICS.lockedCopyAge,
        dimensions: { System: system, Store: "postgres" },
        statistic: "Maximum",
        threshold: alarmAtSeconds,
        period: HOUR_SECONDS,
        treatMissingData: "breaching",
      },
      child,
    );
    new aws.cloudwatch.MetricAlarm(
      `${name}-failures`,
      {
        ...common,
        name: snapshotFailuresAlarmName(system),
        alarmDescription: `More than ${FAILURES_BORNE} jobs of AWS Backup failed, were stopped or did not begin within ${formatSeconds(FAILURES_WITHIN_SECONDS)}; the log of ${system}-watch names them. Runbook: ${runbooks}/locked-copies.md`,
        metricName: METRICS.snapshotFailures,
        dimensions: { System: system },
        statistic: "Sum",
        threshold: FAILURES_BORNE,
        period: FAILURES_WITHIN_SECONDS,
        // Events come at best effort; that nobody measures is the age's to say.
        treatMissingData: "notBreaching",
      },
      child,
    );
    this.registerOutputs({});
  }
}
