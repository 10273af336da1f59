import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { LifeboatError } from "../../../../recovery/errors";
import type { BackendPorts } from "../backend";
import type { DeployRoles, StateBuckets, StateKeys } from "../ports";
import { bucketHome, s3Buckets } from "./buckets";
import { kmsKeys } from "./keys";
import { iamRoles } from "./roles";

/** AWS as the bootstrap sees it: where it is and who asks comes from the environment, as everywhere in the SDK. */
export interface BootstrapAws {
  /** @throws LifeboatError, code configuration, when there are no credentials. */
  accountId(region: string): Promise<string>;
  keys(region: string): StateKeys;
  buckets(region: string): StateBuckets;
  readonly roles: DeployRoles;
  readonly backends: Pick<BackendPorts, "bucketHome" | "stateKeys">;
  close(): void;
}

/** IAM is one service for all regions, and its requests are signed for this one: https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const IAM_REGION = "us-east-1";

export const connectAws = (): BootstrapAws => {
  const clients: { destroy(): void }[] = [];
  const opened = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  const s3 = (region: string) => opened(new S3Client({ region }));
  return {
    async accountId(region) {
      try {
        const { Account } = await opened(new STSClient({ region })).send(new GetCallerIdentityCommand({}));
        if (Account !== undefined) return Account;
      } catch (error) {
        throw withoutIdentity(error);
      }
      throw withoutIdentity(undefined);
    },
    keys: (region) => kmsKeys(opened(new KMSClient({ region }))),
    buckets: (region) => s3Buckets(s3(region), region),
    roles: iamRoles(opened(new IAMClient({ region: IAM_REGION }))),
    backends: {
      bucketHome: (bucket, region) => bucketHome(s3(region), bucket),
      async stateKeys(bucket, region, prefix) {
        const client = s3(region);
        const keys: string[] = [];
        let token: string | undefined;
        do {
          const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
          keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
          token = page.NextContinuationToken;
        } while (token !== undefined);
        return keys;
      },
    },
    close: () => {
      for (const client of clients) client.destroy();
    },
  };
};

const withoutIdentity = (cause: unknown): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: "AWS does not say whose credentials these are",
    received: cause instanceof Error ? `${cause.name}: ${cause.message}` : "no account",
    allowed: "an administrator of the system's account",
    hint: "Sign in (aws sso login, or AWS_PROFILE), and check with: aws sts get-caller-identity",
    cause,
  });
