import { bucketArn, objectsArn } from "./arns";
import { policyDocument, type Statement } from "./policy";

/** Nothing unencrypted on the way, and nothing under a key that only the caller has: that is how Codefinger held buckets to ransom in 2025. */
const always = (bucket: string): Statement[] => [
  {
    sid: "TlsOnly",
    effect: "Deny",
    actions: ["s3:*"],
    resources: [bucketArn(bucket), objectsArn(bucket, "*")],
    principal: "*",
    condition: { Bool: { "aws:SecureTransport": "false" } },
  },
  {
    sid: "NoCustomerKeys",
    effect: "Deny",
    actions: ["s3:PutObject"],
    resources: [objectsArn(bucket, "*")],
    principal: "*",
    condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
  },
];

/** Who alone may write, by key prefix: roles and their sessions, by ARN pattern. */
export interface Writers {
  readonly sid: string;
  readonly keys: string | readonly string[];
  readonly roleArns: readonly string[];
}

/** The policy of a bucket; with `writers`, everyone else is denied to write those keys, administrators of IAM included. */
export const bucketPolicy = (bucket: string, writers: readonly Writers[] = [], allowed: readonly Statement[] = []): string =>
  policyDocument([
    ...always(bucket),
    ...allowed,
    ...writers.map(
      ({ sid, keys, roleArns }): Statement => ({
        sid,
        effect: "Deny",
        actions: ["s3:PutObject", "s3:ReplicateObject", "s3:ReplicateDelete"],
        resources: [keys].flat().map((each) => objectsArn(bucket, each)),
        principal: "*",
        condition: { ArnNotLike: { "aws:PrincipalArn": roleArns } },
      }),
    ),
  ]);
