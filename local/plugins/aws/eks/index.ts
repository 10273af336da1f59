import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { accessEntry } from "./accessEntry";
import { accessPolicyAssociation } from "./accessPolicyAssociation";
import { podIdentityAssociation } from "./podIdentityAssociation";

export const eksResources: readonly ResourceHandler<AwsContext>[] = [podIdentityAssociation, accessEntry, accessPolicyAssociation];
