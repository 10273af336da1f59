import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { secret } from "./secret";
import { secretVersion } from "./secretVersion";

export const secretsmanagerResources: readonly ResourceHandler<AwsContext>[] = [secret, secretVersion];
