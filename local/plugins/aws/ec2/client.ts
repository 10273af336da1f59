import { CreateTagsCommand, DeleteTagsCommand, EC2Client, type ResourceType, type Tag } from "@aws-sdk/client-ec2";
import type { Properties } from "../../protocol/resource";
import { regionOf, type Tags, tagList } from "../common";
import type { AwsContext } from "../context";
import type { Tagging } from "../retag";

export const ec2 = (context: AwsContext, properties: Properties): EC2Client => context.client(EC2Client, regionOf(context, properties));

/** Tags in the call that creates the resource, so that a policy on tags can hold from the start. */
export const taggedAtCreation = (ResourceType: ResourceType, tags: Tags): { ResourceType: ResourceType; Tags: Tag[] }[] | undefined =>
  Object.keys(tags).length === 0 ? undefined : [{ ResourceType, Tags: tagList(tags) }];

/** All of EC2 is tagged by id. */
export const tagging = (client: EC2Client, id: string): Tagging => ({
  tag: (tags) => client.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) })),
  untag: (keys) => client.send(new DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) })),
});

/** The ARN of an EC2 resource, which its own calls do not give. */
export const ec2Arn = (context: AwsContext, properties: Properties, owner: string | undefined, kind: string, id: string): string =>
  `arn:aws:ec2:${regionOf(context, properties)}:${owner ?? ""}:${kind}/${id}`;
