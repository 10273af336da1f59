import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { logGroup } from "./logGroup";
import { logMetricFilter } from "./logMetricFilter";

export const logsResources: readonly ResourceHandler<AwsContext>[] = [logGroup, logMetricFilter];
