import { KMSClient } from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  InvalidRequestException,
  ResourceExistsException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { ParameterAlreadyExists, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { kmsOpener } from "../../../lambdas/configuration/data-keys";
import type { ParameterRecord, SecretRecord } from "../../../recovery/configuration/records";
import { messageOf } from "../../../recovery/errors";
import { type Access, connectVault } from "../vault";
import { folderAt } from "./folder";
import type { RestoreConfigurationOptions } from "./options";
import type { Made, RestoreConfigurationTools, Target } from "./ports";

export interface RestoreConfigurationConnection {
  readonly tools: RestoreConfigurationTools;
  close(): void;
}

/** The vault in the recovery region, and the region that is restored to; no other is asked. */
export const connectRestoreConfiguration = async (
  access: Access,
  options: RestoreConfigurationOptions,
  say: (line: string) => void,
): Promise<RestoreConfigurationConnection> => {
  const connection = await connectVault(access, options);
  const kms = new KMSClient({ ...access, region: options.recoveryRegion });
  const secrets = new SecretsManagerClient({ ...access, region: options.to });
  const ssm = new SSMClient({ ...access, region: options.to });
  return {
    tools: {
      vault: connection.vault,
      catalogue: connection.catalogue,
      openDataKey: kmsOpener(kms),
      target: awsTarget(secrets, ssm),
      ...(options.into === undefined ? {} : { folder: folderAt(options.into) }),
      say,
    },
    close: () => {
      for (const client of [connection, { close: () => kms.destroy() }, { close: () => secrets.destroy() }, { close: () => ssm.destroy() }])
        client.close();
    },
  };
};

/** Secrets Manager and Parameter Store of the clients' region, under the account's own key for each: the old key may be lost with its region. */
export const awsTarget = (secrets: SecretsManagerClient, ssm: SSMClient): Target => ({
  secret: async (record, name) => {
    try {
      const { ARN } = await secrets.send(
        new CreateSecretCommand({ Name: name, ...currentValue(record), ...described(record), Tags: tagList(record) }),
      );
      return { made: true, id: ARN ?? name };
    } catch (error) {
      return presentSecret(error);
    }
  },
  parameter: async (record, name) => {
    const { type, value, tier, dataType, allowedPattern } = record;
    try {
      const { Version } = await ssm.send(
        new PutParameterCommand({
          ...{ Name: name, Type: type, Value: value, DataType: dataType, AllowedPattern: allowedPattern, Overwrite: false },
          Tier: tier === "Advanced" || tier === "Intelligent-Tiering" ? tier : "Standard",
          ...described(record),
          Tags: tagList(record),
        }),
      );
      return { made: true, id: `version ${Version}` };
    } catch (error) {
      if (error instanceof ParameterAlreadyExists) return { made: false, present: "a parameter of this name is there; it stays as it is" };
      throw error;
    }
  },
});

const presentSecret = (error: unknown): Made => {
  if (error instanceof ResourceExistsException) return { made: false, present: "a secret of this name is there; it stays as it is" };
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
  if (error instanceof InvalidRequestException && /deletion/.test(messageOf(error)))
    return {
      made: false,
      present: "a secret of this name waits for its deletion: aws secretsmanager restore-secret brings it back, value and all",
    };
  throw error;
};

const currentValue = ({ versions }: SecretRecord) => {
  const current = versions.find(({ stages }) => stages.includes("AWSCURRENT"));
  if (current?.text !== undefined) return { SecretString: current.text };
  return current?.bytes === undefined ? {} : { SecretBinary: Buffer.from(current.bytes, "base64") };
};

const described = ({ description }: Pick<SecretRecord | ParameterRecord, "description">) =>
  description === undefined ? {} : { Description: description };

const tagList = ({ tags }: Pick<SecretRecord, "tags">) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
