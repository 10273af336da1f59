import { gzipSync } from "node:zlib";
import { entryPoint } from "../shared/log";
import { askKubernetes } from "./ask";
import { KubernetesReadEvent, type KubernetesReadResponse } from "./events";

/**
 * A function answers with 6 MB at most, and base64 makes four thirds of this.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const LARGEST_BYTES = 4_000_000;

export const handler = entryPoint("kubernetes-read", async (event): Promise<KubernetesReadResponse> => {
  const { status, body, retryAfterSeconds } = await askKubernetes(KubernetesReadEvent.parse(event));
  const compressed = gzipSync(body);
  if (compressed.byteLength > LARGEST_BYTES) return { kind: "too-large", sizeBytes: compressed.byteLength };
  return {
    kind: "answer",
    status,
    body: compressed.toString("base64"),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
});
