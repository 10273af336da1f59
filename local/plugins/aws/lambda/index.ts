import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { eventSourceMapping } from "./eventSourceMapping";
import { lambdaFunction } from "./function";
import { functionEventInvokeConfig } from "./functionEventInvokeConfig";
import { invocation } from "./invocation";
import { permission } from "./permission";

export const lambdaResources: readonly ResourceHandler<AwsContext>[] = [
  lambdaFunction,
  permission,
  invocation,
  functionEventInvokeConfig,
  eventSourceMapping,
];
