import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { role } from "./role";
import { rolePolicy } from "./rolePolicy";
import { rolePolicyAttachment } from "./rolePolicyAttachment";

export const iamResources: readonly ResourceHandler<AwsContext>[] = [role, rolePolicy, rolePolicyAttachment];
