import { presignedGet } from "./presign";

export interface TokenSource {
  /** Those of the role that has an access entry. */
  readonly credentials: () => Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }>;
  readonly region: string;
  /** STS's address in that region: `https://sts.us-east-1.amazonaws.com`. */
  readonly stsEndpoint: string;
  readonly clusterName: string;
  readonly now: () => Date;
}

/** What `aws eks get-token` signs for. */
const EXPIRES_SECONDS = 60;
/** Each new token costs the cluster a call of STS. */
const USED_SECONDS = 45;

/**
 * Tokens that an EKS cluster takes for the caller's identity: a call of STS that says who signed it, which the cluster carries out.
 * https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export const eksTokens = ({ credentials, region, stsEndpoint, clusterName, now }: TokenSource): (() => Promise<string>) => {
  let held: { readonly token: string; readonly at: Date } | undefined;
  return async () => {
    const at = now();
    if (held !== undefined && at.getTime() - held.at.getTime() < USED_SECONDS * 1000) return held.token;
    const url = new URL("/?Action=GetCallerIdentity&Version=2011-06-15", stsEndpoint);
    const signed = presignedGet(
      url,
      { "x-k8s-aws-id": clusterName },
      { ...(await credentials()), region, service: "sts", at, expiresSeconds: EXPIRES_SECONDS },
    );
    held = { token: `k8s-aws-v1.${Buffer.from(signed).toString("base64url")}`, at };
    return held.token;
  };
};
