import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  ListTagsForResourceCommand,
  ParameterTier,
  ParameterType,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf, unlessEmpty } from "../answers";
import { choice } from "../choice";
import { allTags, kept, regionFromProvider, regionInput, regionOf, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";

const clientOf = (context: AwsContext, properties: Properties) => context.client(SSMClient, regionOf(context, properties));

const request = (inputs: Properties) => ({
  Name: requiredText(inputs, "name"),
  Type: choice(inputs, "type", ParameterType),
  Value: text(inputs, "value") ?? requiredText(inputs, "insecureValue"),
  Description: text(inputs, "description"),
  Tier: choice(inputs, "tier", ParameterTier),
  KeyId: text(inputs, "keyId"),
  DataType: text(inputs, "dataType"),
  AllowedPattern: text(inputs, "allowedPattern"),
});

/** Description, tier, key and pattern are not in GetParameter's answer. */
async function describe(client: SSMClient, name: string) {
  const answer = await client.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [name] }] }),
  );
  return answer.Parameters?.find((parameter) => parameter.Name === name);
}

const tagsOf = async (client: SSMClient, name: string) =>
  tagMap((await client.send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }))).TagList);

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const answer = await unlessGone(client.send(new GetParameterCommand({ Name: id, WithDecryption: true })), "ParameterNotFound");
  const found = answer?.Parameter;
  if (found === undefined) return undefined;
  const [details, tags] = await Promise.all([describe(client, id), tagsOf(client, id)]);
  const isInsecure = state.insecureValue !== undefined && state.value === undefined;
  const inputs = compact({
    ...kept(state, "overwrite"),
    region: regionOf(context, state),
    name: found.Name,
    type: found.Type,
    ...(isInsecure ? { insecureValue: found.Value } : { value: found.Value }),
    description: unlessEmpty(state, "description", details?.Description),
    tier: details?.Tier,
    keyId: unlessEmpty(state, "keyId", details?.KeyId),
    dataType: found.DataType,
    allowedPattern: unlessEmpty(state, "allowedPattern", details?.AllowedPattern),
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ keyId: "", ...inputs, arn: found.ARN, version: found.Version, tagsAll: tags }) };
};

export const parameter: ResourceHandler<AwsContext> = {
  type: "aws:ssm/parameter:Parameter",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    type: { required: true },
    value: { secret: true },
    insecureValue: {},
    description: {},
    overwrite: {},
    tier: { chosenByService: true },
    keyId: { chosenByService: true },
    dataType: { chosenByService: true, replaces: true },
    allowedPattern: {},
  },
  autoName: { property: "name", maxLength: 1011 },
  computed: ["arn", "version", "tagsAll"],
  configured: regionFromProvider,

  check(inputs) {
    if (inputs.value !== undefined && inputs.insecureValue !== undefined) {
      return [{ property: "insecureValue", reason: "cannot stand beside value" }];
    }
    return inputs.insecureValue !== undefined && inputs.type === "SecureString"
      ? [{ property: "insecureValue", reason: "shows its value in the state; a SecureString takes value" }]
      : [];
  },

  async create(context, inputs) {
    const client = clientOf(context, inputs);
    const name = requiredText(inputs, "name");
    await client.send(new PutParameterCommand({ ...request(inputs), Overwrite: flag(inputs, "overwrite") }));
    return finishCreation(read, context, name, inputs, async () => {
      const tags = tagList(allTags(context, inputs));
      // PutParameter refuses tags together with Overwrite.
      if (tags.length > 0) await client.send(new AddTagsToResourceCommand({ ResourceType: "Parameter", ResourceId: name, Tags: tags }));
    });
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    await client.send(new PutParameterCommand({ ...request(news), Description: text(news, "description") ?? "", Overwrite: true }));
    const place = { ResourceType: "Parameter", ResourceId: id } as const;
    await retag(context, olds, news, {
      tag: (tags) => client.send(new AddTagsToResourceCommand({ ...place, Tags: tagList(tags) })),
      untag: (TagKeys) => client.send(new RemoveTagsFromResourceCommand({ ...place, TagKeys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteParameterCommand({ Name: id })), "ParameterNotFound");
  },
};
