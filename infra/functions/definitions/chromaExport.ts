import { CHECKPOINTS_PREFIX } from "../../../lambdas/chroma-export/checkpoint";
import { CHROMA_EXPORT } from "../../../recovery/chroma/manifest";
import { LAMBDA_LIMIT_SECONDS } from "../../config/checks";
import { objectsArn } from "../../iam/arns";
import type { FunctionContext } from "../context";
import type { FunctionDefinition } from "../definition";

export const chromaExport = ({ buckets, useKey, read, write, configuration: { chroma } }: FunctionContext): FunctionDefinition => ({
  name: "chroma-export",
  description: "Exports every Chroma collection to staging, piece by piece, its manifest last",
  home: "primary",
  timeoutSeconds: Math.min(chroma.maxDuration, LAMBDA_LIMIT_SECONDS),
  memoryMb: 1024,
  inClusterNetwork: true,
  speaksToPrimaryChroma: true,
  environment: {
    STAGING_BUCKET: buckets.staging,
    CHROMA_TENANTS: JSON.stringify(chroma.tenants),
    PIECE_RECORDS: String(chroma.pieceRecords),
  },
  statements: [
    write(buckets.staging, `${CHROMA_EXPORT.prefix}*`, `${CHECKPOINTS_PREFIX}*`),
    // What stands is read: a repeated put tells its own object from another's, and a step goes on from the ones before. Without the right to list,
    // S3 answers 403 for what is not there. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    ...read(buckets.staging, `${CHECKPOINTS_PREFIX}*`),
    { actions: ["s3:GetObject"], resources: [objectsArn(buckets.staging, `${CHROMA_EXPORT.prefix}*`)] },
    useKey("primary"),
  ],
});
