import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { formatSeconds } from "../../../recovery/duration";
import { jobAlarmName, METRICS } from "../../../recovery/names";

export interface JobAlarmArgs {
  readonly system: string;
  readonly job: string;
  readonly timeLimitSeconds: number;
  /** Failed attempts within the time limit, or within an hour where that is longer, that are nobody's to look at. */
  readonly failuresBorne: number;
  /** Where the job's log is: for `kubectl`. */
  readonly namespace: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
}

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/** Tells people, in the recovery region, that attempts of a backup job fail, long before the newest point is too old. */
export const jobAlarm = (
  name: string,
  { system, job, timeLimitSeconds, failuresBorne, namespace, topicArn, runbooks }: JobAlarmArgs,
  options: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm => {
  // All attempts of a run are within its time limit.
  const period = Math.min(DAY_SECONDS, Math.max(HOUR_SECONDS, Math.ceil(timeLimitSeconds / 60) * 60));
  const log = `kubectl -n ${namespace} logs -l app.kubernetes.io/name=${system}-${job} --all-containers --prefix`;
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      name: jobAlarmName(system, job),
      alarmDescription: `More than ${failuresBorne} attempts of the job ${system}-${job} failed within ${formatSeconds(period)}. Its log, in the primary region's cluster: ${log}. Runbook: ${runbooks}/job-failed.md`,
      namespace: METRICS.namespace,
      metricName: METRICS.jobFailures,
      dimensions: { System: system, Job: job },
      statistic: "Sum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: failuresBorne,
      period,
      evaluationPeriods: 1,
      // A job that does not run fails nowhere: the age of its newest point tells of it.
      treatMissingData: "notBreaching",
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    options,
  );
};
