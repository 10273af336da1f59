import {
  CloudWatchLogsClient,
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
  StandardUnit,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, requiredRecord, requiredText, textMap } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { choice } from "../choice";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";

const clientOf = (context: AwsContext, properties: Properties) => context.client(CloudWatchLogsClient, regionOf(context, properties));

/** By what `pulumi import` names a filter: `log group:filter`. */
const idOf = (inputs: Properties): string => `${requiredText(inputs, "logGroupName")}:${requiredText(inputs, "name")}`;

function placeOf(id: string): { readonly logGroupName: string; readonly filterName: string } {
  const colon = id.indexOf(":");
  return { logGroupName: id.slice(0, colon), filterName: id.slice(colon + 1) };
}

function put(context: AwsContext, inputs: Properties) {
  const metric = requiredRecord(inputs, "metricTransformation");
  return clientOf(context, inputs).send(
    new PutMetricFilterCommand({
      ...placeOf(idOf(inputs)),
      filterPattern: requiredText(inputs, "pattern"),
      metricTransformations: [
        {
          metricName: requiredText(metric, "name"),
          metricNamespace: requiredText(metric, "namespace"),
          metricValue: requiredText(metric, "value"),
          // A number in the API, a string in the official plugin.
          defaultValue: number(metric, "defaultValue"),
          unit: choice(metric, "unit", StandardUnit),
          dimensions: textMap(metric, "dimensions"),
        },
      ],
    }),
  );
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const place = placeOf(id);
  const request = new DescribeMetricFiltersCommand({ logGroupName: place.logGroupName, filterNamePrefix: place.filterName });
  const described = await unlessGone(clientOf(context, state).send(request), "ResourceNotFoundException");
  const found = described?.metricFilters?.find((filter) => filter.filterName === place.filterName);
  const metric = found?.metricTransformations?.[0];
  if (found === undefined || metric === undefined) return undefined;
  const dimensions = metric.dimensions ?? {};
  const inputs = compact({
    region: regionOf(context, state),
    logGroupName: place.logGroupName,
    name: found.filterName,
    pattern: found.filterPattern,
    metricTransformation: compact({
      name: metric.metricName,
      namespace: metric.metricNamespace,
      value: metric.metricValue,
      defaultValue: metric.defaultValue === undefined ? undefined : String(metric.defaultValue),
      unit: metric.unit ?? "None",
      dimensions: Object.keys(dimensions).length === 0 ? undefined : dimensions,
    }),
  });
  return { inputs, outputs: inputs };
};

export const logMetricFilter: ResourceHandler<AwsContext> = {
  type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
  inputs: {
    ...regionInput,
    name: { replaces: true },
    logGroupName: { required: true, replaces: true },
    pattern: { required: true },
    metricTransformation: {
      required: true,
      fields: {
        name: { required: true },
        namespace: { required: true },
        value: { required: true },
        defaultValue: {},
        unit: { default: "None" },
        dimensions: {},
      },
    },
  },
  autoName: { property: "name", maxLength: 512 },
  identity: ["region", "logGroupName", "name"],
  computed: [],
  configured: regionFromProvider,
  async create(context, inputs) {
    await put(context, inputs);
    return finishCreation(read, context, idOf(inputs), inputs);
  },
  read,
  async update(context, id, _olds, news) {
    await put(context, news);
    return outputsOf(read, context, id, news);
  },
  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteMetricFilterCommand(placeOf(id))), "ResourceNotFoundException");
  },
};
