import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text, texts } from "../../protocol/values";
import { changed, finishCreation, inOrder, outputsOf } from "../answers";
import { kept, regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";

const clientOf = (context: AwsContext, properties: Properties) => context.client(SecretsManagerClient, regionOf(context, properties));

/** The second is the answer for a secret that is marked for deletion. */
const gone = ["ResourceNotFoundException", "InvalidRequestException"];

/** `arn|version`, as in the official plugin. */
const idOf = (arn: string, version: string): string => `${arn}|${version}`;

const placeOf = (id: string): { readonly SecretId: string; readonly VersionId: string } => {
  const bar = id.lastIndexOf("|");
  return { SecretId: id.slice(0, bar), VersionId: id.slice(bar + 1) };
};

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await unlessGone(clientOf(context, state).send(new GetSecretValueCommand(placeOf(id))), ...gone);
  // Without a stage, AWS may delete a version at any time; the official plugin counts it as gone too.
  if (found === undefined || (found.VersionStages ?? []).length === 0) return undefined;
  const inputs = compact({
    ...kept(state, "secretId"),
    ...(state.secretId === undefined ? { secretId: found.ARN } : {}),
    region: regionOf(context, state),
    secretString: found.SecretString,
    secretBinary: found.SecretBinary === undefined ? undefined : Buffer.from(found.SecretBinary).toString("base64"),
    versionStages: inOrder(state, "versionStages", found.VersionStages),
  });
  return { inputs, outputs: compact({ ...inputs, arn: found.ARN, secretArn: found.ARN, versionId: found.VersionId }) };
};

async function moveStages(client: SecretsManagerClient, id: string, news: Properties): Promise<void> {
  const { SecretId, VersionId } = placeOf(id);
  const found = (await client.send(new GetSecretValueCommand({ SecretId, VersionId }))).VersionStages ?? [];
  const wanted = texts(news, "versionStages") ?? [];
  for (const VersionStage of wanted.filter((stage) => !found.includes(stage))) {
    const holder = await unlessGone(client.send(new GetSecretValueCommand({ SecretId, VersionStage })), ...gone);
    const RemoveFromVersionId = holder?.VersionId;
    await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId: VersionId, RemoveFromVersionId }));
  }
  for (const VersionStage of found.filter((stage) => !wanted.includes(stage) && stage !== "AWSCURRENT")) {
    await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId: VersionId }));
  }
}

export const secretVersion: ResourceHandler<AwsContext> = {
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  inputs: {
    ...regionInput,
    secretId: { required: true, replaces: true },
    secretString: { secret: true, replaces: true },
    secretBinary: { secret: true, replaces: true },
    versionStages: { compareAs: "set", chosenByService: true },
  },
  computed: ["arn", "secretArn", "versionId"],
  configured: regionFromProvider,

  check(inputs) {
    return inputs.secretString !== undefined && inputs.secretBinary !== undefined
      ? [{ property: "secretBinary", reason: "cannot stand beside secretString" }]
      : [];
  },

  async create(context, inputs) {
    const binary = text(inputs, "secretBinary");
    const created = await clientOf(context, inputs).send(
      new PutSecretValueCommand({
        SecretId: requiredText(inputs, "secretId"),
        SecretString: text(inputs, "secretString"),
        SecretBinary: binary === undefined ? undefined : Buffer.from(binary, "base64"),
        VersionStages: texts(inputs, "versionStages"),
      }),
    );
    return finishCreation(read, context, idOf(created.ARN ?? "", created.VersionId ?? ""), inputs);
  },

  read,

  async update(context, id, olds, news) {
    if (news.versionStages !== undefined && changed(olds, news, "versionStages")) await moveStages(clientOf(context, news), id, news);
    return outputsOf(read, context, id, news);
  },

  /** A version goes when it has no stage. AWSCURRENT cannot be taken away: the current version goes with its secret. */
  async delete(context, id, state) {
    await unlessGone(moveStages(clientOf(context, state), id, { versionStages: [] }), ...gone);
  },
};
