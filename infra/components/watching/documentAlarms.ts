import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { formatSeconds } from "../../../recovery/duration";
import { METRICS } from "../../../recovery/names";

export interface DocumentAlarmsArgs {
  readonly system: string;
  readonly topicArn: pulumi.Input<string>;
  readonly runbooks: string;
  /** Time between two comparisons. Seconds. */
  readonly intervalSeconds: number;
  readonly staleAfterSeconds: number;
}

const FINDINGS = {
  missing: { metric: METRICS.documentsMissing, what: "Copies of documents are missing, and will not come by themselves" },
  pending: { metric: METRICS.documentsPending, what: "Copies of documents are pending for longer than their objective" },
  differing: { metric: METRICS.documentsDiffering, what: "Copies of documents have another content than their source" },
  unlocked: { metric: METRICS.documentsUnlocked, what: "Locked copies of documents are not locked for their period" },
  undeleted: { metric: METRICS.documentsUndeleted, what: "Documents were deleted, and are still in the live-ready replica" },
} as const;

/** Of a period that is too short to hold a datum each an alarm would fall back between two comparisons. Whole minutes. */
const periodSeconds = (intervalSeconds: number): number => Math.ceil(intervalSeconds / 60) * 60;

/** What a comparison of the documents with their copies wakes people for, and the absence of comparisons. */
export class DocumentAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: DocumentAlarmsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:DocumentAlarms", name, {}, options);
    const child = { parent: this };
    const { system, runbooks, topicArn } = args;
    const common = {
      namespace: METRICS.namespace,
      dimensions: { System: system, Store: "objects" },
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      period: periodSeconds(args.intervalSeconds),
      alarmActions: [topicArn],
      okActions: [topicArn],
    };
    for (const [kind, { metric, what }] of Object.entries(FINDINGS))
      new aws.cloudwatch.MetricAlarm(
        `${name}-${kind}`,
        {
          ...common,
          name: `${system}-documents-${kind}`,
          alarmDescription: `${what}. Runbook: ${runbooks}/documents-compared.md`,
          metricName: metric,
          threshold: 0,
          evaluationPeriods: 1,
          // A finding stands until a later comparison says otherwise: one that could not be made says nothing.
          treatMissingData: "ignore",
        },
        child,
      );
    new aws.cloudwatch.MetricAlarm(
      `${name}-uncompared`,
      {
        ...common,
        name: `${system}-documents-uncompared`,
        alarmDescription: `The documents were not compared with their copies for ${formatSeconds(args.staleAfterSeconds)}. Runbook: ${runbooks}/documents-compared.md`,
        metricName: METRICS.comparisonAge,
        threshold: args.staleAfterSeconds,
        // Two periods: a run that begins a little later than the last one leaves one of them empty.
        evaluationPeriods: 2,
        treatMissingData: "breaching",
      },
      child,
    );
    this.registerOutputs({});
  }
}
