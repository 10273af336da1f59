import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { eventRule } from "./eventRule";
import { eventTarget } from "./eventTarget";

export const eventsResources: readonly ResourceHandler<AwsContext>[] = [eventRule, eventTarget];
