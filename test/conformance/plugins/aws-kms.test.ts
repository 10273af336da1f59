import { DeleteAliasCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { kmsResources } from "../../../local/plugins/aws/kms/index";
import { otherRegion, region, useAws } from "./aws";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws(kmsResources);

const keyType = "aws:kms/key:Key";
const keyIdOf = (given: Given): string => given.key?.id ?? "";
const keyArnOf = (given: Given): string => String(given.key?.outputs.arn);

const policy = (sid: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: sid, Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "kms:*", Resource: "*" }],
  });

const rows: ResourceCase[] = [
  {
    type: keyType,
    inputs: () => ({ description: "vault", multiRegion: true, enableKeyRotation: true, deletionWindowInDays: 7, tags: { a: "1" } }),
    outputs: () => ({ multiRegion: true, isEnabled: true, enableKeyRotation: true, tagsAll: { a: "1" } }),
    update: () => ({ description: "vault key", multiRegion: true, deletionWindowInDays: 7, policy: policy("root"), tags: { b: "2" } }),
    replace: { because: "multiRegion", inputs: () => ({ description: "vault", enableKeyRotation: true }) },
    drift: async ({ id }) => {
      await aws
        .outside()
        .client(KMSClient)
        .send(new DisableKeyCommand({ KeyId: id }));
    },
    notRead: ["deletionWindowInDays"],
  },
  {
    type: keyType,
    about: "signs entries",
    inputs: () => ({ keyUsage: "GENERATE_VERIFY_MAC", customerMasterKeySpec: "HMAC_256", policy: policy("owner") }),
    outputs: () => ({ description: "Managed by Pulumi" }),
    drift: { none: "the row above shows it" },
  },
  {
    type: "aws:kms/replicaKey:ReplicaKey",
    prepare: async (engine) => ({ key: await engine.create(keyType, "given", { multiRegion: true }) }),
    inputs: (given) => ({ primaryKeyArn: keyArnOf(given), region: otherRegion, description: "replica", deletionWindowInDays: 7 }),
    outputs: (given) => ({ keyId: keyIdOf(given), arn: keyArnOf(given).replace(region, otherRegion) }),
    update: (given) => ({ primaryKeyArn: keyArnOf(given), region: otherRegion, description: "replica key", tags: { a: "1" } }),
    replace: {
      because: "primaryKeyArn",
      inputs: () => ({ primaryKeyArn: `arn:aws:kms:${region}:000000000000:key/mrk-1`, region: otherRegion, description: "replica" }),
    },
    drift: async ({ id }) => {
      await aws
        .outside()
        .client(KMSClient, otherRegion)
        .send(new DisableKeyCommand({ KeyId: id }));
    },
    notImported: "an import looks in the provider's region",
  },
  {
    type: "aws:kms/alias:Alias",
    prepare: async (engine) => ({ key: await engine.create(keyType, "given", {}), other: await engine.create(keyType, "other", {}) }),
    inputs: (given, unique) => ({ name: `alias/${unique}`, targetKeyId: keyArnOf(given) }),
    outputs: (given, unique) => ({ arn: `arn:aws:kms:${region}:000000000000:alias/${unique}`, targetKeyArn: keyArnOf(given) }),
    update: (given, unique) => ({ name: `alias/${unique}`, targetKeyId: given.other?.id ?? "" }),
    replace: { because: "name", inputs: (given) => ({ name: "alias/other", targetKeyId: keyIdOf(given) }) },
    drift: async ({ id }) => {
      await aws
        .outside()
        .client(KMSClient)
        .send(new DeleteAliasCommand({ AliasName: id }));
    },
    notRead: ["targetKeyId"],
  },
];

describeResources(aws.plugin, kmsResources, rows);

test("an alias without a name is made up with its prefix", async () => {
  const checked = await aws.plugin().check("aws:kms/alias:Alias", "vault", { targetKeyId: "key" });
  expect(checked.name).toMatch(/^alias\/vault-[0-9a-f]{7}$/);
});
