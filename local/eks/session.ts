import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { PodAccount } from "./pod-account";

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Assumes a role on behalf of a pod, and says so by session tags. */
export type AssumeForPod = (roleArn: string, pod: PodAccount) => Promise<RoleCredentials>;

export interface StsOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  /** Those of EKS itself: its service principal is what a role trusts. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An hour is what any role allows. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SESSION_SECONDS = 3_600;
const LONGEST_NAME = 64;

export const assumeBySts = (options: StsOptions): AssumeForPod & { close(): void } => {
  const { endpoint, region, credentials, account, cluster } = options;
  const sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
  const assume: AssumeForPod = async (roleArn, pod) => {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: `eks-${cluster}-${pod.name}`.slice(0, LONGEST_NAME),
        DurationSeconds: SESSION_SECONDS,
        Tags: tagsOf(pod, cluster, `arn:aws:eks:${region}:${account}:cluster/${cluster}`),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined || Expiration === undefined)
      throw new Error(`STS gave no credentials of ${roleArn}`);
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
  };
  return Object.assign(assume, { close: () => sts.destroy() });
};

/** https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html#pod-id-abac-tags */
const tagsOf = (pod: PodAccount, cluster: string, clusterArn: string): { Key: string; Value: string }[] =>
  Object.entries({
    "eks-cluster-arn": clusterArn,
    "eks-cluster-name": cluster,
    "kubernetes-namespace": pod.namespace,
    "kubernetes-service-account": pod.serviceAccount,
    "kubernetes-pod-name": pod.name,
    "kubernetes-pod-uid": pod.uid,
  }).map(([Key, Value]) => ({ Key, Value }));
