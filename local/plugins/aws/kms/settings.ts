import {
  DescribeKeyCommand,
  DisableKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KeyMetadata,
  type KMSClient,
  PutKeyPolicyCommand,
  paginateListResourceTags,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import type { Properties } from "../../protocol/resource";
import { flag, number, text, textMap } from "../../protocol/values";
import { changed } from "../answers";
import { allTags, removedTags, type Tags, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { document } from "../documents";
import { gone, kms, kmsTags, tagsOf } from "./client";

/** What primary and replica keys have in common. */

export interface FoundKey {
  readonly metadata: KeyMetadata;
  readonly policy: string | undefined;
  readonly tags: Tags;
  readonly rotates: boolean;
}

/** A key that waits for its deletion is gone, as it is for the official plugin. */
const leaving: ReadonlySet<string | undefined> = new Set(["PendingDeletion", "PendingReplicaDeletion"]);

export async function findKey(client: KMSClient, KeyId: string): Promise<FoundKey | undefined> {
  const described = await unlessGone(client.send(new DescribeKeyCommand({ KeyId })), "NotFoundException");
  const metadata = described?.KeyMetadata;
  if (metadata === undefined || leaving.has(metadata.KeyState)) return undefined;
  const { Policy: policy } = await client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
  const tags: Tags = {};
  for await (const page of paginateListResourceTags({ client }, { KeyId })) Object.assign(tags, tagsOf(page.Tags));
  return { metadata, policy, tags, rotates: await rotates(client, metadata) };
}

/** Only symmetric encryption keys rotate: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
async function rotates(client: KMSClient, { KeyId, KeySpec }: KeyMetadata): Promise<boolean> {
  if (KeySpec !== "SYMMETRIC_DEFAULT") return false;
  const status = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
  return status.KeyRotationEnabled ?? false;
}

export const setRotation = (client: KMSClient, KeyId: string, on: boolean | undefined) =>
  on ? client.send(new EnableKeyRotationCommand({ KeyId })) : client.send(new DisableKeyRotationCommand({ KeyId }));

export const setEnabled = (client: KMSClient, KeyId: string, on: boolean | undefined) =>
  on === false ? client.send(new DisableKeyCommand({ KeyId })) : client.send(new EnableKeyCommand({ KeyId }));

/** Takes over what may change in place on any key. `enabled` is the input that says whether the key is usable. */
export async function updateKey(context: AwsContext, KeyId: string, olds: Properties, news: Properties, enabled: string): Promise<void> {
  const client = kms(context, news);
  // A disabled key refuses some changes: enable first, disable last.
  const turnsOff = flag(news, enabled) === false;
  if (changed(olds, news, enabled) && !turnsOff) await setEnabled(client, KeyId, true);
  if (changed(olds, news, "description")) {
    await client.send(new UpdateKeyDescriptionCommand({ KeyId, Description: text(news, "description") ?? "" }));
  }
  if (changed(olds, news, "policy") && news.policy !== undefined) {
    await client.send(new PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy: document(news, "policy") }));
  }
  const tags = allTags(context, news);
  const TagKeys = removedTags(textMap(olds, "tagsAll") ?? {}, tags);
  if (TagKeys.length > 0) await client.send(new UntagResourceCommand({ KeyId, TagKeys }));
  if (Object.keys(tags).length > 0) await client.send(new TagResourceCommand({ KeyId, Tags: kmsTags(tags) }));
  if (changed(olds, news, enabled) && turnsOff) await setEnabled(client, KeyId, false);
}

/** A key is not deleted but scheduled for it: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html */
export async function scheduleDeletion(context: AwsContext, KeyId: string, state: Properties): Promise<void> {
  const PendingWindowInDays = number(state, "deletionWindowInDays");
  await unlessGone(kms(context, state).send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays })), ...gone);
}
