import { accountRootArn } from "./arns";
import { nobodyDestroys } from "./keyPolicy";
import { policyDocument } from "./policy";

export interface CatalogueKeyPolicyArgs {
  readonly accountId: string;
  /** Roles and their sessions, by ARN pattern: those of the functions that write entries, proofs, readings and sets. */
  readonly signerArns: readonly string[];
  /** A disposable system must be able to give its key up. */
  readonly disposable: boolean;
}

/**
 * Only those that write the catalogue make its codes; everyone in the account whose own policies say so may check them. The denial holds for the
 * administrators of IAM and for grants, and for the account's root. It does not hold against whoever may change this policy (kms:PutKeyPolicy), which
 * an account's administrator always may: with the vault and this key in an account of their own, nobody of the primary account may.
 * https://docs.aws.amazon.com/kms/latest/developerguide/hmac-authz.html
 */
export const catalogueKeyPolicy = ({ accountId, signerArns, disposable }: CatalogueKeyPolicyArgs): string =>
  policyDocument([
    { sid: "AccountDecides", actions: ["kms:*"], resources: ["*"], principal: { AWS: accountRootArn(accountId) } },
    {
      sid: "OnlyWritersOfTheCatalogueSign",
      effect: "Deny",
      actions: ["kms:GenerateMac"],
      resources: ["*"],
      principal: "*",
      condition: { ArnNotLike: { "aws:PrincipalArn": signerArns } },
    },
    ...nobodyDestroys(accountId, disposable),
  ]);
