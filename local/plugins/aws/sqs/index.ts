import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { queue } from "./queue";
import { queuePolicy } from "./queuePolicy";

export const sqsResources: readonly ResourceHandler<AwsContext>[] = [queue, queuePolicy];
