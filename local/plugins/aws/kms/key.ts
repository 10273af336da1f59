import { CreateKeyCommand, KeySpec, KeyUsageType } from "@aws-sdk/client-kms";
import { LifeboatError } from "../../../../recovery/errors";
import type { ResourceHandler } from "../../protocol/resource";
import { compact, flag, text } from "../../protocol/values";
import { changed, finishCreation, outputsOf, unlessEmpty } from "../answers";
import { choice } from "../choice";
import { allTags, kept, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead } from "../common";
import type { AwsContext } from "../context";
import { document, documentFailures, documentRead } from "../documents";
import { kms, kmsTags } from "./client";
import { findKey, scheduleDeletion, setEnabled, setRotation, updateKey } from "./settings";

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await findKey(kms(context, state), id);
  if (found === undefined) return undefined;
  const { metadata, policy, tags, rotates } = found;
  const inputs = compact({
    region: regionOf(context, state),
    description: unlessEmpty(state, "description", metadata.Description),
    keyUsage: metadata.KeyUsage,
    customerMasterKeySpec: metadata.KeySpec,
    multiRegion: metadata.MultiRegion ?? false,
    enableKeyRotation: rotates,
    isEnabled: metadata.Enabled,
    policy: documentRead(state, "policy", policy),
    ...kept(state, "deletionWindowInDays"),
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...inputs, arn: metadata.Arn, keyId: metadata.KeyId, tagsAll: tags }) };
};

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const key: ResourceHandler<AwsContext> = {
  type: "aws:kms/key:Key",
  inputs: {
    ...regionInput,
    ...tagsInput,
    description: { default: "Managed by Pulumi" },
    keyUsage: { replaces: true, default: KeyUsageType.ENCRYPT_DECRYPT },
    customerMasterKeySpec: { replaces: true, default: KeySpec.SYMMETRIC_DEFAULT },
    multiRegion: { replaces: true, default: false },
    enableKeyRotation: { default: false },
    isEnabled: { default: true },
    policy: { compareAs: "json", chosenByService: true },
    deletionWindowInDays: {},
  },
  computed: ["arn", "keyId", "tagsAll"],
  configured: regionFromProvider,
  check: (inputs) => documentFailures(inputs, "policy"),
  async create(context, inputs, abortSignal) {
    const client = kms(context, inputs);
    const { KeyMetadata: metadata } = await client.send(
      new CreateKeyCommand({
        Description: text(inputs, "description"),
        KeyUsage: choice(inputs, "keyUsage", KeyUsageType),
        KeySpec: choice(inputs, "customerMasterKeySpec", KeySpec),
        MultiRegion: flag(inputs, "multiRegion"),
        Policy: document(inputs, "policy"),
        Tags: kmsTags(allTags(context, inputs)),
      }),
      { abortSignal },
    );
    const id = metadata?.KeyId;
    if (id === undefined)
      throw new LifeboatError({ code: "internal", what: "KMS created a key without an id", hint: "Look at the service's log" });
    return finishCreation(read, context, id, inputs, async () => {
      if (flag(inputs, "enableKeyRotation")) await setRotation(client, id, true);
      if (flag(inputs, "isEnabled") === false) await setEnabled(client, id, false);
    });
  },
  read,
  async update(context, id, olds, news) {
    if (changed(olds, news, "enableKeyRotation")) await setRotation(kms(context, news), id, flag(news, "enableKeyRotation"));
    await updateKey(context, id, olds, news, "isEnabled");
    return outputsOf(read, context, id, news);
  },
  delete: scheduleDeletion,
};
