import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { stateMachine } from "./stateMachine";

export const sfnResources: readonly ResourceHandler<AwsContext>[] = [stateMachine];
