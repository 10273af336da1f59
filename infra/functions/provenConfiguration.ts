import { PROOFS_PREFIX } from "../../recovery/catalogue/keys";
import { bucketArn, keysArn, objectsArn } from "../iam/arns";
import type { Statement } from "../iam/policy";
import { type FunctionContext, keyAlias } from "./context";

const PROOFS = `${PROOFS_PREFIX}configuration/*`;

/** An exporter sees what of its points the vault has proven, and nothing else of the vault: no point, no entry, and no key of the catalogue. */
export const seesProofs = ({ system, accountId, buckets, site: { recoveryRegion } }: FunctionContext): readonly Statement[] => [
  {
    actions: ["s3:ListBucket"],
    resources: [bucketArn(buckets.vault)],
    // IfExists: not everything that speaks S3's API tells a policy what is listed. What it lets through besides are names.
    condition: { StringLikeIfExists: { "s3:prefix": PROOFS } },
  },
  { actions: ["s3:GetObject"], resources: [objectsArn(buckets.vault, PROOFS)] },
  {
    actions: ["kms:Decrypt"],
    resources: [keysArn(recoveryRegion, accountId)],
    condition: {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": keyAlias(system, "recovery") },
      StringEquals: { "kms:ViaService": `s3.${recoveryRegion}.amazonaws.com` },
    },
  },
];
