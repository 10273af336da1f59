import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { forgedAlarmName, METRICS, rowsFellAlarmName } from "../../../recovery/names";
import type { Store } from "../../../recovery/store";
import { corruptionAlarmName } from "../../../recovery/strategy/signals";

export interface ContentAlarmsArgs {
  readonly system: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
  /** How often it is looked. Seconds. */
  readonly intervalSeconds: number;
  /** Whether there are dumps, whose rows can be compared. */
  readonly hasDumps: boolean;
}

/** Two looks to a period: one that begins a little later than the last is no missing one. */
const LOOKS = 2;
const DAY_SECONDS = 86_400;

/**
 * Tells people, in the recovery region, that somebody wrote into the catalogue who may not, and that a store's content shrank or changed as nobody's daily
 * work does. Rows that fell are no `corruption`: that name takes a database back to before the sign, and whoever deletes old rows would be undone.
 */
export class ContentAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: ContentAlarmsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:ContentAlarms", name, {}, options);
    const child = { parent: this };
    const { system, runbooks, topicArn, hasDumps } = args;
    const common = {
      namespace: METRICS.namespace,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      period: Math.min(DAY_SECONDS, Math.ceil((LOOKS * args.intervalSeconds) / 60) * 60),
      alarmActions: [topicArn],
      okActions: [topicArn],
    };
    new aws.cloudwatch.MetricAlarm(
      `${name}-forged`,
      {
        ...common,
        name: forgedAlarmName(system),
        alarmDescription: `Somebody wrote into the catalogue who may not, or nobody looked; the log of ${system}-recovery-set names the keys. Runbook: ${runbooks}/forged.md`,
        metricName: METRICS.forgedObjects,
        dimensions: { System: system },
        treatMissingData: "breaching",
      },
      child,
    );
    const damage = (store: Store, alarmName: string, what: string) =>
      new aws.cloudwatch.MetricAlarm(
        `${name}-${store}`,
        {
          ...common,
          name: alarmName,
          alarmDescription: `${what}; the log of ${system}-recovery-set says which. Runbook: ${runbooks}/content-damaged.md`,
          metricName: METRICS.damageSigns,
          dimensions: { System: system, Store: store },
          // A sign stands until a later look says otherwise; that nobody looks is the alarm's on forgeries to say.
          treatMissingData: "ignore",
        },
        child,
      );
    damage("chroma", corruptionAlarmName(system, "chroma"), "The vectors fell by half or more from one proven point to the next");
    damage(
      "objects",
      corruptionAlarmName(system, "objects"),
      "Half or more of the older documents were deleted or overwritten within a day",
    );
    if (hasDumps)
      damage("postgres", rowsFellAlarmName(system), "The rows of the database fell by half or more from one proven dump to the next");
    this.registerOutputs({});
  }
}
