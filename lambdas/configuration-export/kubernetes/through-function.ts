import { gunzipSync } from "node:zlib";
import { DescribeClusterCommand, type EKSClient } from "@aws-sdk/client-eks";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { LifeboatError } from "../../../recovery/errors";
import { type KubernetesReadEvent, KubernetesReadResponse } from "../../kubernetes-read/events";
import type { AskKubernetes } from "./ask";

export interface ThroughFunction {
  readonly lambda: LambdaClient;
  /** Name of `kubernetes-read`, which stands in the cluster's network. */
  readonly functionName: string;
  readonly eks: EKSClient;
  readonly clusterName: string;
  readonly token: () => Promise<string>;
}

/** Asks a cluster through a function in its network. The answers hold Secrets: they pass from function to function, and are kept nowhere. */
export const askThroughFunction = (tools: ThroughFunction): AskKubernetes => {
  let place: Promise<Pick<KubernetesReadEvent, "endpoint" | "certificateAuthority">> | undefined;
  return async (path) => {
    place ??= placeOf(tools).catch((error: unknown) => {
      place = undefined;
      throw error;
    });
    const event: KubernetesReadEvent = { ...(await place), token: await tools.token(), path };
    const { FunctionError, Payload } = await tools.lambda.send(
      new InvokeCommand({ FunctionName: tools.functionName, Payload: Buffer.from(JSON.stringify(event)) }),
    );
    const text = Buffer.from(Payload ?? []).toString("utf8");
    if (FunctionError !== undefined) throw unanswered(tools, path, text);
    const response = KubernetesReadResponse.parse(JSON.parse(text));
    if (response.kind === "too-large") return { status: "too-large" };
    const { status, body, retryAfterSeconds } = response;
    return {
      status,
      text: gunzipSync(Buffer.from(body, "base64")).toString("utf8"),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  };
};

const placeOf = async ({ eks, clusterName }: ThroughFunction) => {
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: clusterName }));
  if (cluster?.endpoint === undefined)
    throw new LifeboatError({
      code: "store-unavailable",
      what: `The cluster ${clusterName} has no endpoint`,
      received: cluster?.status ?? "no such cluster",
      hint: "Look at it in EKS: one that is being made has none yet",
    });
  const { endpoint, certificateAuthority } = cluster;
  return { endpoint, ...(certificateAuthority?.data === undefined ? {} : { certificateAuthority: certificateAuthority.data }) };
};

const unanswered = ({ functionName, clusterName }: ThroughFunction, path: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `The cluster ${clusterName} gave no answer to ${path}`,
    received: received.slice(0, 300),
    hint: `Look at the log of ${functionName}: from its subnets the cluster's API has to be reached at port 443`,
  });
