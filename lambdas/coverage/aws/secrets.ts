import { DescribeSecretCommand, paginateListSecrets, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
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

export interface SecretReplica {
  /** Secrets Manager's own word: `InSync`, `InProgress` or `Failed`. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicationStatusType.html */
  readonly status: string;
  readonly message?: string;
}

/** How a secret of the client's region says that its copy in another region stands; only the secret itself knows. Undefined when it has none there. */
export const replicaIn = async (client: SecretsManagerClient, secretName: string, region: string): Promise<SecretReplica | undefined> => {
  const { ReplicationStatus = [] } = await client.send(new DescribeSecretCommand({ SecretId: secretName }));
  const found = ReplicationStatus.find(({ Region }) => Region === region);
  if (found === undefined) return undefined;
  const { Status: status = "no status", StatusMessage: message } = found;
  return { status, ...(message === undefined || message === "" ? {} : { message }) };
};
