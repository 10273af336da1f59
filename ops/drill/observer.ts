import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { rootCredentials } from "../../local/emulator";

/** How one region is looked at: the drill's own eyes, no part of the recovery. */
export interface Observer {
  readonly s3: S3Client;
  readonly rds: RDSClient;
  readonly kms: KMSClient;
  readonly secrets: SecretsManagerClient;
  close(): void;
}

export const connectObserver = (endpoint: string, region: string): Observer => {
  const access = { endpoint, region, credentials: rootCredentials };
  const clients = {
    s3: new S3Client({ ...access, forcePathStyle: true }),
    rds: new RDSClient(access),
    kms: new KMSClient(access),
    secrets: new SecretsManagerClient(access),
  };
  return {
    ...clients,
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
};
