import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { alias } from "./alias";
import { key } from "./key";
import { replicaKey } from "./replicaKey";

export const kmsResources: readonly ResourceHandler<AwsContext>[] = [alias, key, replicaKey];
