import { awsTime } from "./evaluate";
import type { Alarm, AlarmState } from "./model";

export interface Notification {
  readonly region: string;
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
}

/** Publishes to an SNS topic of the alarm's region. */
export type Publish = (notification: Notification) => Promise<void>;

/** https://docs.aws.amazon.com/general/latest/gr/rande.html: alarm messages name regions as people do. */
const regionNames: Readonly<Record<string, string>> = {
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
  "ca-central-1": "Canada (Central)",
  "eu-west-1": "EU (Ireland)",
  "eu-west-2": "EU (London)",
  "eu-west-3": "EU (Paris)",
  "eu-central-1": "EU (Frankfurt)",
  "eu-north-1": "EU (Stockholm)",
  "ap-northeast-1": "Asia Pacific (Tokyo)",
  "ap-southeast-1": "Asia Pacific (Singapore)",
  "ap-southeast-2": "Asia Pacific (Sydney)",
};

const dimensionsOf = (list: readonly { Name: string; Value: string }[]) => list.map(({ Name, Value }) => ({ value: Value, name: Name }));

const triggerOf = ({ configuration }: Alarm): object => {
  const common = {
    Period: configuration.Period,
    EvaluationPeriods: configuration.EvaluationPeriods,
    DatapointsToAlarm: configuration.DatapointsToAlarm,
    ComparisonOperator: configuration.ComparisonOperator,
    Threshold: configuration.Threshold,
    TreatMissingData: configuration.TreatMissingData ?? "missing",
    EvaluateLowSampleCountPercentile: configuration.EvaluateLowSampleCountPercentile ?? "",
  };
  if (configuration.Metrics === undefined) {
    return {
      MetricName: configuration.MetricName,
      Namespace: configuration.Namespace,
      ...(configuration.Statistic === undefined
        ? { StatisticType: "ExtendedStatistic", ExtendedStatistic: configuration.ExtendedStatistic }
        : { StatisticType: "Statistic", Statistic: configuration.Statistic.toUpperCase() }),
      Unit: configuration.Unit ?? null,
      Dimensions: dimensionsOf(configuration.Dimensions),
      ...common,
    };
  }
  const Metrics = configuration.Metrics.map((query) => ({
    Id: query.Id,
    Label: query.Label,
    ReturnData: query.ReturnData ?? true,
    Expression: query.Expression,
    MetricStat: query.MetricStat && {
      ...query.MetricStat,
      Metric: { ...query.MetricStat.Metric, Dimensions: dimensionsOf(query.MetricStat.Metric.Dimensions) },
    },
  }));
  return { ...common, Metrics };
};

/** The message that an alarm sends, with the members of AWS's own: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
export const notificationOf = (alarm: Alarm, from: AlarmState, region: string, account: string): { subject: string; message: string } => {
  const { configuration } = alarm;
  const regionName = regionNames[region] ?? region;
  const message = {
    AlarmName: configuration.AlarmName,
    AlarmDescription: configuration.AlarmDescription ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: awsTime(alarm.configuredAt),
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: awsTime(alarm.stateUpdatedAt),
    Region: regionName,
    AlarmArn: alarm.arn,
    OldStateValue: from,
    OKActions: configuration.OKActions,
    AlarmActions: configuration.AlarmActions,
    InsufficientDataActions: configuration.InsufficientDataActions,
    Trigger: triggerOf(alarm),
  };
  // SNS takes subjects of up to 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
  const subject = `${alarm.state}: "${configuration.AlarmName}" in ${regionName}`.slice(0, 100);
  return { subject, message: JSON.stringify(message) };
};
