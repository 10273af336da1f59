import { paginateListSecrets, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Resource } from "../../../recovery/coverage/resource";

export interface ListedSecret {
  readonly name: string;
  readonly arn: string;
  /** Of a secret that is replicated: where the one is that the others follow. */
  readonly primaryRegion?: string;
}

/** Secrets of the client's region, without those that are being deleted; no value is read. */
export const listSecrets = async (client: SecretsManagerClient): Promise<readonly ListedSecret[]> => {
  const found: ListedSecret[] = [];
  for await (const { SecretList = [] } of paginateListSecrets({ client }, {}))
    for (const { Name: name, ARN: arn, PrimaryRegion } of SecretList)
      if (name !== undefined && arn !== undefined)
        found.push({ name, arn, ...(PrimaryRegion === undefined || PrimaryRegion === "" ? {} : { primaryRegion: PrimaryRegion }) });
  return found;
};

/** A secret as something to be protected; a replica is a copy of one that is. */
export const secretResource = ({ name, arn }: ListedSecret, region: string): Resource => ({ kind: "secret", name, aliases: [arn], region });
