import { DescribeKeyCommand, type KeyMetadata, KMSClient, type MultiRegionConfiguration, paginateListAliases } from "@aws-sdk/client-kms";
import type { FunctionHandler } from "../../protocol/resource";
import { compact, requiredText, texts } from "../../protocol/values";
import { regionInput, regionOf } from "../common";
import type { AwsContext } from "../context";
import { notFound, orNotFound } from "./notFound";

const hint = "Check the key or alias and its region; a multi-Region key's replica is a key of its own region";

const place = (key: { readonly Arn?: string; readonly Region?: string } | undefined) =>
  key === undefined ? [] : [compact({ arn: key.Arn, region: key.Region })];

const multiRegion = (found: MultiRegionConfiguration | undefined) =>
  found === undefined
    ? []
    : [
        compact({
          multiRegionKeyType: found.MultiRegionKeyType,
          primaryKeys: place(found.PrimaryKey),
          replicaKeys: (found.ReplicaKeys ?? []).flatMap(place),
        }),
      ];

const describe = (found: KeyMetadata) => ({
  arn: found.Arn ?? "",
  awsAccountId: found.AWSAccountId ?? "",
  cloudHsmClusterId: found.CloudHsmClusterId ?? "",
  creationDate: found.CreationDate?.toISOString() ?? "",
  customKeyStoreId: found.CustomKeyStoreId ?? "",
  customerMasterKeySpec: found.KeySpec ?? "",
  deletionDate: found.DeletionDate?.toISOString() ?? "",
  description: found.Description ?? "",
  enabled: found.Enabled ?? false,
  expirationModel: found.ExpirationModel ?? "",
  keyManager: found.KeyManager ?? "",
  keySpec: found.KeySpec ?? "",
  keyState: found.KeyState ?? "",
  keyUsage: found.KeyUsage ?? "",
  multiRegion: found.MultiRegion ?? false,
  multiRegionConfigurations: multiRegion(found.MultiRegionConfiguration),
  origin: found.Origin ?? "",
  pendingDeletionWindowInDays: found.PendingDeletionWindowInDays ?? 0,
  validTo: found.ValidTo?.toISOString() ?? "",
  xksKeyConfigurations: [],
});

export const getKey: FunctionHandler<AwsContext> = {
  token: "aws:kms/getKey:getKey",
  inputs: { ...regionInput, keyId: { required: true }, grantTokens: {} },
  async call(context, args) {
    const region = regionOf(context, args);
    const keyId = requiredText(args, "keyId");
    const request = new DescribeKeyCommand({ KeyId: keyId, GrantTokens: texts(args, "grantTokens") });
    const answer = await orNotFound(
      context.client(KMSClient, region).send(request),
      ["NotFoundException"],
      "KMS key",
      { keyId, region },
      hint,
    );
    if (answer.KeyMetadata === undefined) throw notFound("KMS key", { keyId, region }, hint);
    return compact({ ...args, id: answer.KeyMetadata.KeyId, keyId, region, ...describe(answer.KeyMetadata) });
  },
};

export const getAlias: FunctionHandler<AwsContext> = {
  token: "aws:kms/getAlias:getAlias",
  inputs: { ...regionInput, name: { required: true } },
  async call(context, args) {
    const region = regionOf(context, args);
    const name = requiredText(args, "name");
    const client = context.client(KMSClient, region);
    for await (const page of paginateListAliases({ client }, {})) {
      const found = page.Aliases?.find((alias) => alias.AliasName === name);
      if (found === undefined) continue;
      // An alias names its key's id only; AWS's own aliases may name none before their first use, and then the key's description does.
      const key = (await client.send(new DescribeKeyCommand({ KeyId: found.TargetKeyId ?? name }))).KeyMetadata;
      return compact({ id: found.AliasArn, arn: found.AliasArn, name, region, targetKeyArn: key?.Arn, targetKeyId: key?.KeyId });
    }
    throw notFound("KMS alias", { name, region }, hint);
  },
};
