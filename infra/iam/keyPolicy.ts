import { accountRootArn, alarmsArn } from "./arns";
import { policyDocument, type Statement } from "./policy";

/** What a key is used through, and by whom. */
export interface KeyPolicyArgs {
  readonly accountId: string;
  readonly region: string;
  /** A disposable system must be able to give its keys up; every other refuses, because a key's deletion is the ransom note. */
  readonly disposable: boolean;
}

/**
 * The account's IAM policies decide who uses the key; CloudWatch may use it to notify through an encrypted topic
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-permissions-for-sse); nobody but the account's root may have it deleted or disabled.
 * RDS and Secrets Manager use it on behalf of whoever makes the database or the secret, whose own policies let them (kms:CreateGrant, kms:DescribeKey,
 * kms:GenerateDataKey, kms:Decrypt): they need no statement. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
 */
export const keyPolicy = ({ accountId, region, disposable }: KeyPolicyArgs): string =>
  policyDocument([
    { sid: "AccountDecides", actions: ["kms:*"], resources: ["*"], principal: { AWS: accountRootArn(accountId) } },
    {
      sid: "AlarmsNotify",
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: ["*"],
      principal: { Service: "cloudwatch.amazonaws.com" },
      condition: { StringEquals: { "aws:SourceAccount": accountId }, ArnLike: { "aws:SourceArn": alarmsArn(region, accountId) } },
    },
    ...nobodyDestroys(accountId, disposable),
  ]);

/** Nobody but the account's root may have a key deleted or disabled, unless the system is disposable. */
export const nobodyDestroys = (accountId: string, disposable: boolean): readonly Statement[] =>
  disposable
    ? []
    : [
        {
          sid: "NobodyDestroys",
          effect: "Deny",
          actions: ["kms:ScheduleKeyDeletion", "kms:DisableKey"],
          resources: ["*"],
          principal: "*",
          condition: { StringNotEquals: { "aws:PrincipalArn": accountRootArn(accountId) } },
        },
      ];
