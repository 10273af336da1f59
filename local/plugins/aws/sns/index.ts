import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { topic } from "./topic";
import { topicPolicy } from "./topicPolicy";
import { topicSubscription } from "./topicSubscription";

export const snsResources: readonly ResourceHandler<AwsContext>[] = [topic, topicPolicy, topicSubscription];
