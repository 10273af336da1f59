import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formatSeconds } from "../../../recovery/duration";
import { FUNCTIONS, type FunctionName, functionName, METRICS, replicationAlarmName, rpoAlarmName } from "../../../recovery/names";
import type { Protection, Tier } from "../../../recovery/objectives";
import type { Store } from "../../../recovery/store";

export interface AlarmsArgs {
  readonly system: string;
  readonly recoveryRegion: string;
  readonly topicArn: pulumi.Input<string>;
  readonly stores: readonly { readonly protection: Protection; readonly tier: Tier; readonly alarmAtSeconds: number }[];
  /** Stores whose replication has a status of its own and can stop by itself. */
  readonly replicated: readonly Store[];
  /** How often the lag and the status are measured. Seconds. */
  readonly sampleSeconds: number;
  /** Functions of the recovery region. Those of the primary region show in the lag. */
  readonly functions: readonly FunctionName[];
  readonly runbooks: string;
}

/** What wakes people, in the recovery region: a store's lag, a replication that stopped, a function that fails, a recovery point that is refused. */
export class Alarms extends pulumi.ComponentResource {
  constructor(name: string, args: AlarmsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:Alarms", name, {}, options);
    const child = { parent: this };
    const notify = { alarmActions: [args.topicArn], okActions: [args.topicArn] };
    for (const { protection, tier, alarmAtSeconds } of args.stores)
      new aws.cloudwatch.MetricAlarm(
        `${name}-${protection.store}-rpo`,
        {
          name: rpoAlarmName(args.system, protection.store),
          alarmDescription: lagDescription(args, protection, tier, alarmAtSeconds),
          namespace: METRICS.namespace,
          metricName: METRICS.rpoLag,
          dimensions: { System: args.system, Store: protection.store },
          statistic: "Maximum",
          comparisonOperator: "GreaterThanThreshold",
          threshold: alarmAtSeconds,
          period: alarmPeriodSeconds(args.sampleSeconds),
          evaluationPeriods: 1,
          // No measurement is no protection that anybody knows of.
          treatMissingData: "breaching",
          ...notify,
        },
        child,
      );
    for (const store of args.replicated)
      new aws.cloudwatch.MetricAlarm(
        `${name}-${store}-replication`,
        {
          name: replicationAlarmName(args.system, store),
          alarmDescription: replicationDescription(args, store),
          namespace: METRICS.namespace,
          metricName: METRICS.replicationStopped,
          dimensions: { System: args.system, Store: store },
          statistic: "Maximum",
          comparisonOperator: "GreaterThanThreshold",
          threshold: 0,
          period: alarmPeriodSeconds(args.sampleSeconds),
          evaluationPeriods: 1,
          // A status that nobody can read may have changed.
          treatMissingData: "breaching",
          ...notify,
        },
        child,
      );
    for (const fn of args.functions)
      new aws.cloudwatch.MetricAlarm(
        `${name}-${fn}-errors`,
        {
          name: `${args.system}-${fn}-errors`,
          alarmDescription: `${functionName(args.system, fn)} failed. Runbook: ${args.runbooks}/function-errors.md`,
          namespace: "AWS/Lambda",
          metricName: "Errors",
          dimensions: { FunctionName: functionName(args.system, fn) },
          statistic: "Sum",
          comparisonOperator: "GreaterThanThreshold",
          threshold: 0,
          period: 300,
          evaluationPeriods: 1,
          treatMissingData: "notBreaching",
          ...notify,
        },
        child,
      );
    new aws.cloudwatch.MetricAlarm(
      `${name}-refused`,
      {
        name: `${args.system}-refused-points`,
        alarmDescription: `A recovery point, an object of the catalogue or a locked document was refused: it is not what was written. Runbook: ${args.runbooks}/refused-point.md`,
        namespace: METRICS.namespace,
        metricName: METRICS.refusedPoints,
        dimensions: { System: args.system },
        statistic: "Sum",
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        period: 60,
        evaluationPeriods: 1,
        treatMissingData: "notBreaching",
        ...notify,
      },
      child,
    );
    this.registerOutputs({});
  }
}

/** Functions whose failure pages somebody: those that run unattended. The recovery's own functions report to whoever runs `dr`. */
export const UNATTENDED_RECOVERY_FUNCTIONS: readonly FunctionName[] = FUNCTIONS.filter(
  (fn) =>
    fn === "seal" ||
    fn === "verify" ||
    fn === "watch" ||
    fn === "recovery-set" ||
    fn === "coverage" ||
    fn === "compare-documents" ||
    fn === "renew-locks",
);

/** A page at night should be enough to act on: what was measured stands in the alarm's reason, the rest here. */
const lagDescription = ({ recoveryRegion, runbooks }: AlarmsArgs, { store, tier: name }: Protection, tier: Tier, alarmAt: number): string =>
  `${store} in ${recoveryRegion} is further behind than ${formatSeconds(alarmAt)}. Objective (tier ${name}): RPO ${formatSeconds(tier.rpoSeconds)}, RTO ${formatSeconds(tier.rtoSeconds)}. Runbook: ${runbooks}/region-loss.md`;

const replicationDescription = ({ recoveryRegion, runbooks }: AlarmsArgs, store: Store): string =>
  `The replication of ${store} to ${recoveryRegion} is not known to go on: what is written from now on may be lost with the primary region. Runbook: ${runbooks}/replication-stopped.md`;

/**
 * Two samples to a period below a minute, so that the pause between two runs leaves no period empty; whole minutes above.
 * Periods are 10, 20 or 30 seconds, or whole minutes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export const alarmPeriodSeconds = (sampleSeconds: number): number => {
  const high = [10, 20, 30].find((period) => period >= 2 * sampleSeconds);
  return high ?? Math.ceil(sampleSeconds / 60) * 60;
};
