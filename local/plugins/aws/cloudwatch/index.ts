import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { dashboard } from "./dashboard";
import { metricAlarm } from "./metricAlarm";

export const cloudwatchResources: readonly ResourceHandler<AwsContext>[] = [metricAlarm, dashboard];
