import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DisassociateKmsKeyCommand,
  ListTagsForResourceCommand,
  LogGroupClass,
  PutRetentionPolicyCommand,
  paginateDescribeLogGroups,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, number, requiredText, text } from "../../protocol/values";
import { changed, finishCreation, outputsOf, unlessEmpty } from "../answers";
import { choice } from "../choice";
import { allTags, kept, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";

const clientOf = (context: AwsContext, properties: Properties) => context.client(CloudWatchLogsClient, regionOf(context, properties));

/** The official plugin's way to say "for ever", which the API says by having no policy. */
const forever = 0;

async function retain(client: CloudWatchLogsClient, logGroupName: string, inputs: Properties): Promise<void> {
  const retentionInDays = number(inputs, "retentionInDays") ?? forever;
  if (retentionInDays === forever) await client.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  else await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
}

async function find(client: CloudWatchLogsClient, name: string) {
  for await (const page of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: name })) {
    const found = page.logGroups?.find((group) => group.logGroupName === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const found = await find(client, id);
  if (found === undefined) return undefined;
  const arn = found.logGroupArn ?? found.arn?.replace(/:\*$/, "") ?? "";
  const tags = (await client.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags ?? {};
  const inputs = compact({
    ...kept(state, "skipDestroy"),
    region: regionOf(context, state),
    name: found.logGroupName,
    retentionInDays: found.retentionInDays ?? forever,
    kmsKeyId: unlessEmpty(state, "kmsKeyId", found.kmsKeyId),
    logGroupClass: found.logGroupClass,
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...inputs, arn, tagsAll: tags }) };
};

export const logGroup: ResourceHandler<AwsContext> = {
  type: "aws:cloudwatch/logGroup:LogGroup",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    retentionInDays: { default: forever },
    kmsKeyId: {},
    logGroupClass: { chosenByService: true, replaces: true },
    skipDestroy: { default: false },
  },
  autoName: { property: "name", maxLength: 512 },
  computed: ["arn", "tagsAll"],
  configured: regionFromProvider,

  async create(context, inputs) {
    const client = clientOf(context, inputs);
    const name = requiredText(inputs, "name");
    const tags = allTags(context, inputs);
    await client.send(
      new CreateLogGroupCommand({
        logGroupName: name,
        kmsKeyId: text(inputs, "kmsKeyId"),
        logGroupClass: choice(inputs, "logGroupClass", LogGroupClass),
        tags: Object.keys(tags).length === 0 ? undefined : tags,
      }),
    );
    return finishCreation(read, context, name, inputs, async () => {
      if ((number(inputs, "retentionInDays") ?? forever) !== forever) await retain(client, name, inputs);
    });
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    if (changed(olds, news, "retentionInDays")) await retain(client, id, news);
    const kmsKeyId = text(news, "kmsKeyId");
    if (kmsKeyId !== text(olds, "kmsKeyId")) {
      if (kmsKeyId === undefined) await client.send(new DisassociateKmsKeyCommand({ logGroupName: id }));
      else await client.send(new AssociateKmsKeyCommand({ logGroupName: id, kmsKeyId }));
    }
    const resourceArn = requiredText(olds, "arn");
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ resourceArn, tags })),
      untag: (keys) => client.send(new UntagResourceCommand({ resourceArn, tagKeys: keys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    if (flag(state, "skipDestroy") === true) return;
    await unlessGone(clientOf(context, state).send(new DeleteLogGroupCommand({ logGroupName: id })), "ResourceNotFoundException");
  },
};
