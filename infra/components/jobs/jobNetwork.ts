import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

const HTTPS = 443;
const DNS = 53;

/** Where pods get their role's credentials. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html */
const POD_IDENTITY_AGENT = { cidr: "169.254.170.23/32", port: 80 };

/**
 * A job lets nobody in, and calls names, its role's credentials, HTTPS, whose addresses are AWS's public ones whichever way they are reached, and the ports
 * that it was given. What it may ask there is its role's policy's to say.
 */
export const jobNetworkPolicy = (
  labels: Readonly<Record<string, string>>,
  ports: readonly pulumi.Input<number>[],
): k8s.types.input.networking.v1.NetworkPolicySpec => ({
  podSelector: { matchLabels: { ...labels } },
  policyTypes: ["Ingress", "Egress"],
  ingress: [],
  egress: [
    {
      ports: [
        { protocol: "UDP", port: DNS },
        { protocol: "TCP", port: DNS },
      ],
    },
    { to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT.cidr } }], ports: [{ protocol: "TCP", port: POD_IDENTITY_AGENT.port }] },
    { ports: [HTTPS, ...ports].map((port) => ({ protocol: "TCP", port })) },
  ],
});
