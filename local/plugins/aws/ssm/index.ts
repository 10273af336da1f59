import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { parameter } from "./parameter";

export const ssmResources: readonly ResourceHandler<AwsContext>[] = [parameter];
