import type { Statement } from "../iam/policy";

/**
 * `seals`: it makes keys that seal exported secrets, and opens none of what was sealed before. `opens`: it opens what was sealed, to prove that it opens.
 * The key is named by its ARN: an alias can be turned to another key.
 */
export type SealedSecretsUse = "seals" | "opens";

export const sealedSecretsStatement = (use: SealedSecretsUse, keyArn: string): Statement => ({
  actions: [use === "seals" ? "kms:GenerateDataKey" : "kms:Decrypt"],
  resources: [keyArn],
});
