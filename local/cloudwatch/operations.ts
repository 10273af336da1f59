import type { Publish } from "./alarms/notification";
import { deleteAlarms, describeAlarmHistory, describeAlarms, putMetricAlarm, setAlarmState, switchActions } from "./alarms/operations";
import { type Dashboards, deleteDashboards, getDashboard, listDashboards, putDashboard } from "./dashboards";
import { putMetricData } from "./metrics/put";
import { getMetricData, getMetricStatistics, listMetrics } from "./metrics/read";
import type { Context } from "./region";
import { listTagsForResource, tagResource, untagResource } from "./tags";

export interface OperationContext extends Context {
  readonly dashboards: Dashboards;
  readonly publish: Publish;
}

export type Operation = (input: unknown, context: OperationContext) => object | Promise<object>;

/** Every operation that is served. Another one is refused by its name. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["PutMetricData", putMetricData],
  ["GetMetricData", getMetricData],
  ["GetMetricStatistics", getMetricStatistics],
  ["ListMetrics", listMetrics],
  ["PutMetricAlarm", putMetricAlarm],
  ["DescribeAlarms", describeAlarms],
  ["DescribeAlarmHistory", describeAlarmHistory],
  ["DeleteAlarms", deleteAlarms],
  ["SetAlarmState", (input, context) => setAlarmState(input, context, context.publish)],
  ["EnableAlarmActions", switchActions(true)],
  ["DisableAlarmActions", switchActions(false)],
  ["PutDashboard", putDashboard],
  ["GetDashboard", getDashboard],
  ["ListDashboards", listDashboards],
  ["DeleteDashboards", deleteDashboards],
  ["TagResource", tagResource],
  ["UntagResource", untagResource],
  ["ListTagsForResource", listTagsForResource],
]);
