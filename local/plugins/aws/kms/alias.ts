import { type AliasListEntry, CreateAliasCommand, DeleteAliasCommand, paginateListAliases, UpdateAliasCommand } from "@aws-sdk/client-kms";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { kms } from "./client";

/** KMS cannot be asked for one alias by its name. */
async function findAlias(context: AwsContext, name: string, state: Properties): Promise<AliasListEntry | undefined> {
  for await (const page of paginateListAliases({ client: kms(context, state) }, { Limit: 100 })) {
    const found = page.Aliases?.find((alias) => alias.AliasName === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await findAlias(context, id, state);
  if (found?.TargetKeyId === undefined) return undefined;
  const written = text(state, "targetKeyId");
  const sameKey = written === found.TargetKeyId || written?.endsWith(`key/${found.TargetKeyId}`);
  const inputs = compact({ region: regionOf(context, state), name: id, targetKeyId: sameKey ? written : found.TargetKeyId });
  const targetKeyArn = found.AliasArn?.replace(id, `key/${found.TargetKeyId}`);
  return { inputs, outputs: compact({ ...inputs, arn: found.AliasArn, targetKeyArn }) };
};

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
export const alias: ResourceHandler<AwsContext> = {
  type: "aws:kms/alias:Alias",
  inputs: { ...regionInput, name: { replaces: true }, targetKeyId: { required: true } },
  autoName: { property: "name", maxLength: 256, prefix: "alias/" },
  computed: ["arn", "targetKeyArn"],
  configured: regionFromProvider,
  check(inputs) {
    const name = text(inputs, "name");
    return name === undefined || name.startsWith("alias/") ? [] : [{ property: "name", reason: `"${name}" does not start with "alias/"` }];
  },
  async create(context, inputs, abortSignal) {
    const [AliasName, TargetKeyId] = [requiredText(inputs, "name"), requiredText(inputs, "targetKeyId")];
    await kms(context, inputs).send(new CreateAliasCommand({ AliasName, TargetKeyId }), { abortSignal });
    return finishCreation(read, context, AliasName, inputs);
  },
  read,
  async update(context, id, _olds, news) {
    await kms(context, news).send(new UpdateAliasCommand({ AliasName: id, TargetKeyId: requiredText(news, "targetKeyId") }));
    return outputsOf(read, context, id, news);
  },
  async delete(context, id, state) {
    await unlessGone(kms(context, state).send(new DeleteAliasCommand({ AliasName: id })), "NotFoundException");
  },
};
