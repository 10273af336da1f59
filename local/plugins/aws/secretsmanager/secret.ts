import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, requiredText, text } from "../../protocol/values";
import { asWritten, changed, finishCreation, outputsOf, unlessEmpty } from "../answers";
import { allTags, kept, regionFromProvider, regionInput, regionOf, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { removeFormerReplicas, removeReplicasToDelete, replicasRead, replicate } from "./replicas";

const clientOf = (context: AwsContext, properties: Properties) => context.client(SecretsManagerClient, regionOf(context, properties));
const gone = "ResourceNotFoundException";

async function putPolicy(client: SecretsManagerClient, SecretId: string, policy: string | undefined): Promise<void> {
  if (policy === undefined) await client.send(new DeleteResourcePolicyCommand({ SecretId }));
  else await client.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy: policy }));
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const found = await unlessGone(client.send(new DescribeSecretCommand({ SecretId: id })), gone);
  // A secret in its recovery window is gone for the program, as in the official plugin.
  if (found === undefined || found.DeletedDate !== undefined) return undefined;
  const policy = (await client.send(new GetResourcePolicyCommand({ SecretId: id }))).ResourcePolicy;
  const tags = tagMap(found.Tags);
  const replicas = replicasRead(found.ReplicationStatus, state);
  const inputs = compact({
    ...kept(state, "recoveryWindowInDays", "forceOverwriteReplicaSecret"),
    region: regionOf(context, state),
    name: found.Name,
    description: unlessEmpty(state, "description", found.Description),
    kmsKeyId: unlessEmpty(state, "kmsKeyId", found.KmsKeyId),
    policy: asWritten(state, "policy", policy || undefined),
    replicas: unlessEmpty(state, "replicas", replicas.inputs),
    ...tagsRead(context, tags, state),
  });
  const outputs = { policy: "", ...inputs, arn: found.ARN ?? id, tagsAll: tags };
  return { inputs, outputs: replicas.outputs.length === 0 ? outputs : { ...outputs, replicas: replicas.outputs } };
};

export const secret: ResourceHandler<AwsContext> = {
  type: "aws:secretsmanager/secret:Secret",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    description: {},
    kmsKeyId: {},
    policy: { compareAs: "json", chosenByService: true },
    recoveryWindowInDays: { default: 30 },
    forceOverwriteReplicaSecret: { default: false },
    replicas: { fields: { region: { required: true }, kmsKeyId: { chosenByService: true } }, compareAs: "set" },
  },
  autoName: { property: "name", maxLength: 512 },
  computed: ["arn", "tagsAll"],
  configured: regionFromProvider,

  check(inputs) {
    const days = number(inputs, "recoveryWindowInDays");
    const allowed = days === undefined || days === 0 || (days >= 7 && days <= 30);
    return allowed ? [] : [{ property: "recoveryWindowInDays", reason: `is ${days}; allowed are 0, which deletes at once, and 7 to 30` }];
  },

  async create(context, inputs) {
    const client = clientOf(context, inputs);
    const tags = tagList(allTags(context, inputs));
    const created = await client.send(
      new CreateSecretCommand({
        Name: requiredText(inputs, "name"),
        Description: text(inputs, "description"),
        KmsKeyId: text(inputs, "kmsKeyId"),
        Tags: tags.length === 0 ? undefined : tags,
      }),
    );
    const arn = created.ARN ?? "";
    return finishCreation(read, context, arn, inputs, async () => {
      const policy = text(inputs, "policy");
      if (policy !== undefined) await putPolicy(client, arn, policy);
      await replicate(client, arn, {}, inputs);
    });
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    if (changed(olds, news, "description", "kmsKeyId")) {
      const request = { SecretId: id, Description: text(news, "description") ?? "", KmsKeyId: text(news, "kmsKeyId") };
      await client.send(new UpdateSecretCommand(request));
    }
    if (news.policy !== undefined && changed(olds, news, "policy")) await putPolicy(client, id, text(news, "policy"));
    await removeFormerReplicas(client, id, olds, news);
    await replicate(client, id, olds, news);
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ SecretId: id, Tags: tagList(tags) })),
      untag: (TagKeys) => client.send(new UntagResourceCommand({ SecretId: id, TagKeys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    const client = clientOf(context, state);
    const days = number(state, "recoveryWindowInDays") ?? 30;
    const window = days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days };
    await unlessGone(removeReplicasToDelete(client, id, state), gone);
    await unlessGone(client.send(new DeleteSecretCommand({ SecretId: id, ...window })), gone);
  },
};
