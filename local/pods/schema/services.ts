import { z } from "zod";
import { intOrString, port, strings } from "./common";
import { implemented, RECORDED_ONLY } from "./recorded";

const servicePort = implemented(
  { port, name: z.string().optional(), targetPort: intOrString.optional(), protocol: z.literal("TCP").default("TCP") },
  RECORDED_ONLY.servicePort,
);

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ */
export const serviceSpec = implemented(
  {
    type: z.enum(["ClusterIP", "LoadBalancer"]).default("ClusterIP"),
    selector: strings.default({}),
    ports: z.array(servicePort).default([]),
    publishNotReadyAddresses: z.boolean().default(false),
    sessionAffinity: z.literal("None").default("None"),
  },
  RECORDED_ONLY.service,
);
export type ServiceSpec = z.output<typeof serviceSpec>;
export type ServicePort = ServiceSpec["ports"][number];

export const claimSpec = implemented({}, RECORDED_ONLY.claim);

const base64 = z.base64("must be base64");
export const configMapFields = {
  data: strings.optional(),
  binaryData: z.record(z.string(), base64).optional(),
  immutable: z.boolean().optional(),
};
export const secretFields = {
  data: z.record(z.string(), base64).optional(),
  stringData: strings.optional(),
  type: z.string().optional(),
  immutable: z.boolean().optional(),
};
