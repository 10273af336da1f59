import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KeyMetadata,
  type KMSClient,
  ListResourceTagsCommand,
  NotFoundException,
  PutKeyPolicyCommand,
  paginateListKeys,
} from "@aws-sdk/client-kms";
import { LifeboatError } from "../../../../recovery/errors";
import type { KeyFacts, StateKeys } from "../ports";

/** KMS in the client's region. */
export const kmsKeys = (client: KMSClient): StateKeys => ({
  async find(aliasOrId) {
    try {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: aliasOrId }));
      return KeyMetadata === undefined ? undefined : await factsOf(client, KeyMetadata);
    } catch (error) {
      if (error instanceof NotFoundException) return undefined;
      throw error;
    }
  },

  async findTagged(tags) {
    for await (const { Keys = [] } of paginateListKeys({ client }, {}))
      for (const { KeyId } of Keys) {
        if (KeyId === undefined || !(await bears(client, KeyId, tags))) continue;
        const found = await this.find(KeyId);
        if (found?.state === "Enabled" && found.usable) return found;
      }
    return undefined;
  },

  async create({ description, policy, tags }) {
    const { KeyMetadata } = await client.send(
      new CreateKeyCommand({
        Description: description,
        Policy: policy,
        Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      }),
    );
    if (KeyMetadata?.Arn === undefined)
      throw new LifeboatError({
        code: "internal",
        what: "KMS made a key and gave no ARN",
        hint: "Run the command again: it looks for the key",
      });
    return KeyMetadata.Arn;
  },

  name: async (alias, keyId) => void (await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }))),
  rotate: async (keyId) => void (await client.send(new EnableKeyRotationCommand({ KeyId: keyId }))),
  putPolicy: async (keyId, policy) =>
    void (await client.send(new PutKeyPolicyCommand({ KeyId: keyId, PolicyName: "default", Policy: policy }))),
});

const factsOf = async (client: KMSClient, metadata: KeyMetadata): Promise<KeyFacts> => {
  const { KeyId = "", Arn = "", KeyState, KeyManager, KeySpec, KeyUsage } = metadata;
  const usable = KeyManager === "CUSTOMER" && KeySpec === "SYMMETRIC_DEFAULT" && KeyUsage === "ENCRYPT_DECRYPT";
  const facts = { arn: Arn, keyId: KeyId, state: KeyState ?? "unknown", usable };
  // Of a key in another state or of another kind KMS refuses to say more, and nobody needs it.
  if (!usable || KeyState !== "Enabled") return { ...facts, rotates: false, policy: "" };
  const [{ KeyRotationEnabled = false }, { Policy = "" }] = await Promise.all([
    client.send(new GetKeyRotationStatusCommand({ KeyId })),
    client.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" })),
  ]);
  return { ...facts, rotates: KeyRotationEnabled, policy: Policy };
};

const bears = async (client: KMSClient, keyId: string, tags: Readonly<Record<string, string>>): Promise<boolean> => {
  try {
    const { Tags = [] } = await client.send(new ListResourceTagsCommand({ KeyId: keyId }));
    return Object.entries(tags).every(([key, value]) => Tags.some(({ TagKey, TagValue }) => TagKey === key && TagValue === value));
  } catch (error) {
    // A key whose own policy keeps this principal out is not one that a run of this command made.
    if (error instanceof Error && error.name === "AccessDeniedException") return false;
    throw error;
  }
};
