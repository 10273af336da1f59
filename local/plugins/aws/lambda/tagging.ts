import { type LambdaClient, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-lambda";
import type { Tagging } from "../retag";

/** Functions and event source mappings are tagged by their ARN. */
export const tagging = (client: LambdaClient, arn: string): Tagging => ({
  tag: (tags) => client.send(new TagResourceCommand({ Resource: arn, Tags: tags })),
  untag: (keys) => client.send(new UntagResourceCommand({ Resource: arn, TagKeys: keys })),
});
