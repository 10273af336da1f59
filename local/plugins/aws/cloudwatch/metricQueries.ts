import { type MetricDataQuery, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { InputRule, Properties } from "../../protocol/resource";
import { compact, flag, number, record, records, requiredNumber, requiredText, text } from "../../protocol/values";
import { choice } from "../choice";
import { dimensionList, dimensionMap } from "./dimensions";

export const metricQueryInput: InputRule = {
  fields: {
    id: { required: true },
    expression: {},
    label: {},
    period: {},
    returnData: {},
    accountId: {},
    metric: {
      fields: {
        metricName: { required: true },
        namespace: {},
        dimensions: {},
        period: { required: true },
        stat: { required: true },
        unit: {},
      },
    },
  },
};

/** The queries of an alarm on an expression. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html */
export function metricQueriesOf(inputs: Properties): MetricDataQuery[] | undefined {
  if (inputs.metricQueries === undefined) return undefined;
  return records(inputs, "metricQueries").map((query) => {
    const metric = record(query, "metric");
    return {
      Id: requiredText(query, "id"),
      Expression: text(query, "expression"),
      Label: text(query, "label"),
      Period: number(query, "period"),
      ReturnData: flag(query, "returnData") ?? false,
      AccountId: text(query, "accountId"),
      MetricStat: metric && {
        Metric: { Namespace: text(metric, "namespace"), MetricName: requiredText(metric, "metricName"), Dimensions: dimensionList(metric) },
        Period: requiredNumber(metric, "period"),
        Stat: requiredText(metric, "stat"),
        Unit: choice(metric, "unit", StandardUnit),
      },
    };
  });
}

/** The same queries as AWS has them; undefined for an alarm on one metric. */
export function metricQueriesRead(found: readonly MetricDataQuery[] | undefined): Properties[] | undefined {
  if (found === undefined || found.length === 0) return undefined;
  return found.map((query) => {
    const stat = query.MetricStat;
    const dimensions = dimensionMap(stat?.Metric?.Dimensions);
    return compact({
      id: query.Id,
      expression: query.Expression,
      label: query.Label,
      period: query.Period,
      returnData: query.ReturnData === true ? true : undefined,
      accountId: query.AccountId,
      metric:
        stat &&
        compact({
          metricName: stat.Metric?.MetricName,
          namespace: stat.Metric?.Namespace,
          dimensions: Object.keys(dimensions).length === 0 ? undefined : dimensions,
          period: stat.Period,
          stat: stat.Stat,
          unit: stat.Unit,
        }),
    });
  });
}
