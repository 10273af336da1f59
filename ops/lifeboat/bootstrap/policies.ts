import { type Regions, STACKS, type StackName, stateNames, stateRegion } from "../../../recovery/backend";
import type { Statement } from "./documents";

/** Whom the policies speak of. */
export interface PolicyScope {
  readonly system: string;
  readonly accountId: string;
  readonly regions: Regions;
}

export const namesOf = ({ system, accountId, regions }: PolicyScope, stack: StackName) =>
  stateNames(system, stack, accountId, stateRegion(stack, regions));

export const otherStack = (stack: StackName): StackName => (stack === "prod" ? "dr" : "prod");

export const bucketArns = (...buckets: readonly string[]): string[] =>
  buckets.flatMap((bucket) => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]);

export const accountRoot = (accountId: string): string => `arn:aws:iam::${accountId}:root`;

/** A session's aws:PrincipalArn is its role's: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn */
const roleArns = (scope: PolicyScope, ...stacks: readonly StackName[]) => ({
  ArnLike: { "aws:PrincipalArn": stacks.map((stack) => `arn:aws:iam::${scope.accountId}:role/${namesOf(scope, stack).role}`) },
});

/** What would make versions of a state go, or what protects them: nobody who deploys needs it, and whoever stole a deploy role would use it. */
export const DESTROYS_STATE = [
  "s3:DeleteObjectVersion",
  "s3:PutBucketVersioning",
  "s3:PutLifecycleConfiguration",
  "s3:PutEncryptionConfiguration",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutBucketPolicy",
  "s3:DeleteBucketPolicy",
  "s3:DeleteBucket",
] as const;

/** What a state bucket's policy must say. All of it denies: what else a policy says can only be narrowed by it. */
export const stateBucketStatements = (scope: PolicyScope, stack: StackName): readonly Statement[] => {
  const Resource = bucketArns(namesOf(scope, stack).bucket);
  const everyone = { Effect: "Deny", Principal: "*", Resource } as const;
  return [
    { Sid: "TlsOnly", ...everyone, Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    {
      Sid: "NoCustomerKeys",
      ...everyone,
      Action: "s3:PutObject",
      Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
    },
    { Sid: "VersionsStay", ...everyone, Action: DESTROYS_STATE, Condition: roleArns(scope, ...STACKS) },
    { Sid: "OneStackOnly", ...everyone, Action: "s3:*", Condition: roleArns(scope, otherStack(stack)) },
  ];
};

/** The account's IAM policies decide who uses a state key, but for what would lose it: its deletion is the ransom note. */
export const stateKeyStatements = (scope: PolicyScope, stack: StackName): readonly Statement[] => {
  const root = accountRoot(scope.accountId);
  const everyone = { Effect: "Deny", Principal: "*", Resource: "*" } as const;
  return [
    { Sid: "AccountDecides", Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" },
    {
      Sid: "NobodyDestroys",
      ...everyone,
      Action: ["kms:ScheduleKeyDeletion", "kms:DisableKey"],
      Condition: { StringNotEquals: { "aws:PrincipalArn": root } },
    },
    {
      Sid: "DeployingOnlyUses",
      ...everyone,
      Action: ["kms:PutKeyPolicy", "kms:UpdateAlias", "kms:DeleteAlias", "kms:DisableKeyRotation"],
      Condition: roleArns(scope, ...STACKS),
    },
    { Sid: "OneStackOnly", ...everyone, Action: "kms:*", Condition: roleArns(scope, otherStack(stack)) },
  ];
};

export const trustStatements = (principal: string): readonly Statement[] => [
  { Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" },
];
