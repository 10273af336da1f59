import { z } from "zod";
import { unsupported, validationError } from "../errors";
import { compileQueries, type QuerySet } from "../metrics/queries";
import { statisticOf } from "../metrics/statistics";
import { dimensions, flag, integer, metricDataQuery, number, parseInput, tag } from "../shapes";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

const comparison = z.enum(["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"]);
export type Comparison = z.infer<typeof comparison>;
const treatment = z.enum(["missing", "ignore", "breaching", "notBreaching"]);
export type MissingDataTreatment = z.infer<typeof treatment>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const putAlarm = z.strictObject({
  AlarmName: z.string().min(1).max(255),
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: flag.default(true),
  OKActions: z.array(z.string()).max(5).default([]),
  AlarmActions: z.array(z.string()).max(5).default([]),
  InsufficientDataActions: z.array(z.string()).max(5).default([]),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Statistic: z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"]).optional(),
  ExtendedStatistic: z.string().optional(),
  Dimensions: dimensions.default([]),
  Period: integer.optional(),
  Unit: z.string().optional(),
  EvaluationPeriods: integer.pipe(z.number().min(1)),
  DatapointsToAlarm: integer.pipe(z.number().min(1)).optional(),
  Threshold: number,
  ComparisonOperator: comparison,
  TreatMissingData: treatment.optional(),
  EvaluateLowSampleCountPercentile: z.enum(["evaluate", "ignore"]).optional(),
  Metrics: z.array(metricDataQuery).min(1).max(20).optional(),
  Tags: z.array(tag).default([]),
});

export type AlarmConfiguration = z.infer<typeof putAlarm>;

export interface Alarm {
  readonly arn: string;
  configuration: AlarmConfiguration;
  /** What is evaluated: a metric alarm is a set of one query. */
  queries: QuerySet;
  queryId: string;
  configuredAt: Date;
  state: AlarmState;
  reason: string;
  reasonData: string;
  stateUpdatedAt: Date;
  stateTransitionedAt: Date;
}

const validPeriod = (seconds: number): boolean => [10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0);

const checkWindow = (periodSeconds: number, evaluationPeriods: number): void => {
  if (!validPeriod(periodSeconds)) throw validationError(`Period must be 10, 20, 30 or a multiple of 60, and is ${periodSeconds}`);
  const limit = periodSeconds >= 3600 ? 604_800 : 86_400;
  if (periodSeconds * evaluationPeriods > limit) {
    throw validationError(
      `Metrics cannot be checked across more than ${limit / 86_400} day(s) (EvaluationPeriods * Period must be <= ${limit}).`,
    );
  }
};

/** AWS also takes Lambda, Auto Scaling, EC2 and Systems Manager actions; only SNS topics of the alarm's own region are served here. */
const checkActions = (arns: readonly string[], region: string): void => {
  for (const arn of arns) {
    const [, , service, actionRegion] = arn.split(":");
    if (service !== "sns") throw unsupported(`The alarm action ${arn}, which is no SNS topic,`);
    if (actionRegion !== region) throw validationError(`Invalid region ${actionRegion} specified. Only ${region} is supported.`);
  }
};

const singleMetric = (alarm: AlarmConfiguration): AlarmConfiguration["Metrics"] => {
  const { Namespace, MetricName, Period, Statistic, ExtendedStatistic, Dimensions, Unit } = alarm;
  if (Namespace === undefined || MetricName === undefined || Period === undefined) {
    throw validationError("A metric alarm needs Namespace, MetricName and Period, or else Metrics");
  }
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw validationError("A metric alarm needs either Statistic or ExtendedStatistic");
  }
  const Stat = Statistic ?? ExtendedStatistic ?? "";
  statisticOf(Stat);
  return [{ Id: "m1", ReturnData: true, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat, Unit } }];
};

export interface ParsedAlarm {
  readonly configuration: AlarmConfiguration;
  readonly queries: QuerySet;
  readonly queryId: string;
}

/** Reads and checks PutMetricAlarm, the rules included that AWS checks beyond shapes. */
export const parseAlarm = (raw: unknown, region: string): ParsedAlarm => {
  const configuration = parseInput(putAlarm, raw);
  if (configuration.Metrics !== undefined && configuration.MetricName !== undefined) {
    throw validationError("Metrics and MetricName exclude each other");
  }
  if ((configuration.DatapointsToAlarm ?? 1) > configuration.EvaluationPeriods) {
    throw validationError("DatapointsToAlarm must not be larger than EvaluationPeriods");
  }
  checkActions([...configuration.AlarmActions, ...configuration.OKActions, ...configuration.InsufficientDataActions], region);
  const queries = compileQueries(configuration.Metrics ?? singleMetric(configuration) ?? []);
  const returned = queries.queries.filter((query) => query.ReturnData !== false);
  const [query] = returned;
  if (query === undefined || returned.length > 1) throw validationError("Exactly one of the Metrics must have ReturnData true");
  checkWindow(queries.periodSecondsOf(query.Id), configuration.EvaluationPeriods);
  return { configuration, queries, queryId: query.Id };
};
