import type { CallClass } from "./calls";
import { isRead } from "./operation";

/** Their control planes live in us-east-1: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html */
export const controlPlaneRegion = "us-east-1";
const globalServices = new Set(["iam", "route53", "cloudfront", "organizations"]);

/**
 * STS is global only at `sts.amazonaws.com`. Behind one port the host name does not say which endpoint a client meant, so a call signed
 * for us-east-1 counts as regional, which is the stricter reading: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
 */
const isGlobal = (service: string, host: string | undefined): boolean =>
  globalServices.has(service) || (service === "sts" && host === "sts.amazonaws.com");

export const classOf = (service: string, operation: string, host: string | undefined): CallClass => {
  if (!isGlobal(service, host)) return "regional";
  return isRead(operation) ? "global-read" : "global-write";
};
