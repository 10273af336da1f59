import type { ResourceHandler } from "../../protocol/resource";
import type { AwsContext } from "../context";
import { podIdentityAssociation } from "./podIdentityAssociation";

export const eksResources: readonly ResourceHandler<AwsContext>[] = [podIdentityAssociation];
