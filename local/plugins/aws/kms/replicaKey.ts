import { setTimeout as pause } from "node:timers/promises";
import { DescribeKeyCommand, KMSClient, ReplicateKeyCommand } from "@aws-sdk/client-kms";
import { LifeboatError } from "../../../../recovery/errors";
import type { ResourceHandler } from "../../protocol/resource";
import { compact, flag, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf, unlessEmpty } from "../answers";
import { allTags, kept, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead } from "../common";
import type { AwsContext } from "../context";
import { document, documentFailures, documentRead } from "../documents";
import { kms, kmsTags } from "./client";
import { findKey, scheduleDeletion, setEnabled, updateKey } from "./settings";

const pauseMilliseconds = 500;
/** The official plugin waits two minutes. */
const attempts = 240;

/** `arn:aws:kms:us-east-1:111122223333:key/mrk-...` */
function primaryOf(arn: string): { readonly region: string; readonly keyId: string } {
  const [, , , region, , key] = arn.split(":");
  const keyId = key?.split("/")[1];
  if (region && keyId) return { region, keyId };
  throw new LifeboatError({
    code: "configuration",
    what: "primaryKeyArn is no ARN of a key",
    received: arn,
    allowed: "arn:aws:kms:<region>:<account>:key/mrk-<id>",
    hint: "Give the `arn` of a Key with multiRegion",
  });
}

/** A new replica is Creating at first, and refuses every use. */
async function waitUntilUsable(client: KMSClient, KeyId: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { KeyMetadata: metadata } = await client.send(new DescribeKeyCommand({ KeyId }), { abortSignal: signal });
    if (metadata?.KeyState !== "Creating") return;
    await pause(pauseMilliseconds, undefined, { signal });
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The replica key ${KeyId} is still being created`,
    hint: "Run the update again",
  });
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await findKey(kms(context, state), id);
  if (found === undefined) return undefined;
  const { metadata, policy, tags, rotates } = found;
  const inputs = compact({
    region: regionOf(context, state),
    primaryKeyArn: metadata.MultiRegionConfiguration?.PrimaryKey?.Arn,
    description: unlessEmpty(state, "description", metadata.Description),
    enabled: metadata.Enabled,
    policy: documentRead(state, "policy", policy),
    ...kept(state, "deletionWindowInDays"),
    ...tagsRead(context, tags, state),
  });
  const { Arn: arn, KeyId: keyId, KeySpec: keySpec, KeyUsage: keyUsage } = metadata;
  return { inputs, outputs: compact({ ...inputs, arn, keyId, keySpec, keyUsage, keyRotationEnabled: rotates, tagsAll: tags }) };
};

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html */
export const replicaKey: ResourceHandler<AwsContext> = {
  type: "aws:kms/replicaKey:ReplicaKey",
  inputs: {
    ...regionInput,
    ...tagsInput,
    primaryKeyArn: { required: true, replaces: true },
    description: {},
    enabled: { default: true },
    policy: { compareAs: "json", chosenByService: true },
    deletionWindowInDays: {},
  },
  // The replica has its primary's id: two cannot be in one region.
  identity: ["primaryKeyArn", "region"],
  computed: ["arn", "keyId", "keySpec", "keyUsage", "keyRotationEnabled", "tagsAll"],
  configured: regionFromProvider,
  check: (inputs) => documentFailures(inputs, "policy"),
  async create(context, inputs, signal) {
    const primary = primaryOf(requiredText(inputs, "primaryKeyArn"));
    await context.client(KMSClient, primary.region).send(
      new ReplicateKeyCommand({
        KeyId: primary.keyId,
        ReplicaRegion: regionOf(context, inputs),
        Description: text(inputs, "description"),
        Policy: document(inputs, "policy"),
        Tags: kmsTags(allTags(context, inputs)),
      }),
      { abortSignal: signal },
    );
    const client = kms(context, inputs);
    return finishCreation(read, context, primary.keyId, inputs, async () => {
      await waitUntilUsable(client, primary.keyId, signal);
      if (flag(inputs, "enabled") === false) await setEnabled(client, primary.keyId, false);
    });
  },
  read,
  async update(context, id, olds, news) {
    await updateKey(context, id, olds, news, "enabled");
    return outputsOf(read, context, id, news);
  },
  delete: scheduleDeletion,
};
