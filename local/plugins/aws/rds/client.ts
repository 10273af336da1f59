import { AddTagsToResourceCommand, RDSClient, RemoveTagsFromResourceCommand } from "@aws-sdk/client-rds";
import type { Properties } from "../../protocol/resource";
import { regionOf, tagList } from "../common";
import type { AwsContext } from "../context";
import type { Tagging } from "../retag";

export const rds = (context: AwsContext, properties: Properties): RDSClient => context.client(RDSClient, regionOf(context, properties));

/** RDS names an error twice: by its code on the wire, and by the shape that the SDK makes of it. */
export const named = (code: string): readonly string[] => [code, `${code}Fault`];

export const tagging = (client: RDSClient, ResourceName: string): Tagging => ({
  tag: (tags) => client.send(new AddTagsToResourceCommand({ ResourceName, Tags: tagList(tags) })),
  untag: (TagKeys) => client.send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys })),
});

/** RDS keeps names of groups, and those of parameters, in lower case: another spelling would show as a change forever. */
export const notLowercase = (property: string, name: string | undefined) =>
  name === undefined || name === name.toLowerCase() ? [] : [{ property, reason: `is ${name}; RDS allows lower case only` }];
