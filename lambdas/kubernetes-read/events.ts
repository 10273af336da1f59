import * as z from "zod";

/** A question to the API of a cluster, by who is let in there: this function has no right of its own in any. */
export const KubernetesReadEvent = z.object({
  endpoint: z.url({ protocol: /^https?$/ }),
  /** PEM, in base64, as EKS gives it. */
  certificateAuthority: z.string().optional(),
  token: z.string().min(1),
  path: z.string().regex(/^\/(api|apis|version)(\/|\?|$)/, "a path of the Kubernetes API"),
});
export type KubernetesReadEvent = z.infer<typeof KubernetesReadEvent>;

export const KubernetesReadResponse = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("answer"),
    status: z.int(),
    /** Gzip, in base64. */
    body: z.base64(),
    retryAfterSeconds: z.int().nonnegative().optional(),
  }),
  /** It does not fit into a function's answer: ask for less at once. */
  z.object({ kind: z.literal("too-large"), sizeBytes: z.int() }),
]);
export type KubernetesReadResponse = z.infer<typeof KubernetesReadResponse>;
