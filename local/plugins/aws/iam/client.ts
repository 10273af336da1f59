import { IAMClient } from "@aws-sdk/client-iam";
import type { AwsContext } from "../context";

/** IAM is one service for all regions; it is signed for us-east-1 whatever the region: https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
export const iam = (context: AwsContext): IAMClient => context.client(IAMClient);

/** IAM returns documents URL-encoded (RFC 3986). */
export const decoded = (document: string | undefined): string | undefined =>
  document === undefined ? undefined : decodeURIComponent(document);
