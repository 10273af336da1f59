import {
  CloudWatchClient,
  ComparisonOperator,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  StandardUnit,
  Statistic,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, number, requiredText, text, texts } from "../../protocol/values";
import { finishCreation, inOrder, outputsOf, unlessEmpty } from "../answers";
import { choice, requireOne } from "../choice";
import { allTags, regionFromProvider, regionInput, regionOf, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { dimensionList, dimensionMap } from "./dimensions";
import { metricQueriesOf, metricQueriesRead, metricQueryInput } from "./metricQueries";

const clientOf = (context: AwsContext, properties: Properties) => context.client(CloudWatchClient, regionOf(context, properties));

const request = (inputs: Properties) => ({
  AlarmName: requiredText(inputs, "name"),
  AlarmDescription: text(inputs, "alarmDescription"),
  ActionsEnabled: flag(inputs, "actionsEnabled"),
  AlarmActions: texts(inputs, "alarmActions"),
  OKActions: texts(inputs, "okActions"),
  InsufficientDataActions: texts(inputs, "insufficientDataActions"),
  ComparisonOperator: choice(inputs, "comparisonOperator", ComparisonOperator),
  EvaluationPeriods: number(inputs, "evaluationPeriods"),
  DatapointsToAlarm: number(inputs, "datapointsToAlarm"),
  Threshold: number(inputs, "threshold"),
  ThresholdMetricId: text(inputs, "thresholdMetricId"),
  TreatMissingData: text(inputs, "treatMissingData"),
  EvaluateLowSampleCountPercentile: text(inputs, "evaluateLowSampleCountPercentiles"),
  MetricName: text(inputs, "metricName"),
  Namespace: text(inputs, "namespace"),
  Dimensions: dimensionList(inputs),
  Period: number(inputs, "period"),
  Statistic: choice(inputs, "statistic", Statistic),
  ExtendedStatistic: text(inputs, "extendedStatistic"),
  Unit: choice(inputs, "unit", StandardUnit),
  Metrics: metricQueriesOf(inputs),
});

/** The inputs of an alarm on one metric; an alarm on an expression has none of them, whatever AWS answers for them. */
const ofOneMetric = (found: MetricAlarm, state: Properties): Properties =>
  compact({
    metricName: found.MetricName,
    namespace: found.Namespace,
    dimensions: unlessEmpty(state, "dimensions", dimensionMap(found.Dimensions)),
    period: found.Period,
    statistic: found.ExtendedStatistic === undefined ? found.Statistic : undefined,
    extendedStatistic: found.ExtendedStatistic,
    unit: found.Unit,
  });

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const described = await client.send(new DescribeAlarmsCommand({ AlarmNames: [id], AlarmTypes: ["MetricAlarm"] }));
  const found = described.MetricAlarms?.find((alarm) => alarm.AlarmName === id);
  if (found === undefined) return undefined;
  const tags = tagMap((await client.send(new ListTagsForResourceCommand({ ResourceARN: found.AlarmArn }))).Tags);
  const queries = metricQueriesRead(found.Metrics);
  const inputs = compact({
    region: regionOf(context, state),
    name: found.AlarmName,
    alarmDescription: unlessEmpty(state, "alarmDescription", found.AlarmDescription),
    actionsEnabled: found.ActionsEnabled,
    alarmActions: inOrder(state, "alarmActions", found.AlarmActions),
    okActions: inOrder(state, "okActions", found.OKActions),
    insufficientDataActions: inOrder(state, "insufficientDataActions", found.InsufficientDataActions),
    comparisonOperator: found.ComparisonOperator,
    evaluationPeriods: found.EvaluationPeriods,
    datapointsToAlarm: found.DatapointsToAlarm,
    threshold: found.ThresholdMetricId === undefined ? found.Threshold : undefined,
    thresholdMetricId: found.ThresholdMetricId,
    treatMissingData: found.TreatMissingData,
    evaluateLowSampleCountPercentiles: found.EvaluateLowSampleCountPercentile,
    ...(queries === undefined ? ofOneMetric(found, state) : { metricQueries: queries }),
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ evaluateLowSampleCountPercentiles: "", ...inputs, arn: found.AlarmArn, tagsAll: tags }) };
};

export const metricAlarm: ResourceHandler<AwsContext> = {
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    alarmDescription: {},
    actionsEnabled: { default: true },
    alarmActions: { compareAs: "set" },
    okActions: { compareAs: "set" },
    insufficientDataActions: { compareAs: "set" },
    comparisonOperator: { required: true },
    evaluationPeriods: { required: true },
    datapointsToAlarm: {},
    threshold: {},
    thresholdMetricId: {},
    treatMissingData: { default: "missing" },
    evaluateLowSampleCountPercentiles: { chosenByService: true },
    metricName: {},
    namespace: {},
    dimensions: {},
    period: {},
    statistic: {},
    extendedStatistic: {},
    unit: {},
    metricQueries: metricQueryInput,
  },
  autoName: { property: "name", maxLength: 255 },
  computed: ["arn", "tagsAll"],
  configured: regionFromProvider,

  check(inputs) {
    const isExpression = inputs.metricQueries !== undefined;
    if (isExpression) {
      const beside = ["metricName", "namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit"].filter(
        (name) => inputs[name] !== undefined,
      );
      return beside.map((property) => ({ property, reason: "cannot stand beside metricQueries" }));
    }
    return [];
  },

  async create(context, inputs) {
    const name = requiredText(inputs, "name");
    requireOne(inputs, `The alarm ${name}`, "metricName", "metricQueries");
    const tags = tagList(allTags(context, inputs));
    await clientOf(context, inputs).send(new PutMetricAlarmCommand({ ...request(inputs), Tags: tags.length === 0 ? undefined : tags }));
    return finishCreation(read, context, name, inputs);
  },

  read,

  async update(context, id, olds, news) {
    requireOne(news, `The alarm ${id}`, "metricName", "metricQueries");
    const client = clientOf(context, news);
    await client.send(new PutMetricAlarmCommand(request(news)));
    const ResourceARN = requiredText(olds, "arn");
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ ResourceARN, Tags: tagList(tags) })),
      untag: (keys) => client.send(new UntagResourceCommand({ ResourceARN, TagKeys: keys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteAlarmsCommand({ AlarmNames: [id] })), "ResourceNotFound");
  },
};
