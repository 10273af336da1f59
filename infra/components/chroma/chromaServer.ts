import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChromaServer as ServerValues } from "../../config/chroma";

export interface ChromaServerArgs extends ServerValues {
  readonly namespace: string;
  /** Addresses that may speak to the server: the cluster's VPC, where functions and applications are. */
  readonly clientCidr: pulumi.Input<string>;
  /** A real failover's server holds the only copy of what is written from then on. */
  readonly protect: boolean;
}

/** The port that the official image listens on, and the directory that it keeps its data in. https://docs.trychroma.com/guides/deploy/docker */
export const CHROMA_POD_PORT = 8000;
const DATA_DIRECTORY = "/data";

const LABELS = { "app.kubernetes.io/name": "chroma", "app.kubernetes.io/managed-by": "lifeboat" };

/** One Chroma server with its volume, reached through an internal load balancer. A single server is all that open-source Chroma is. */
export class ChromaServer extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ChromaServerArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:chroma:ChromaServer", name, {}, options);
    const child = { parent: this };
    const held = { parent: this, protect: args.protect };
    const namespace = new k8s.core.v1.Namespace(name, { metadata: { name: args.namespace, labels: LABELS } }, held);
    const metadata = { name: "chroma", namespace: namespace.metadata.name, labels: LABELS };
    const server = new k8s.apps.v1.StatefulSet(name, { metadata, spec: serverSpec(args) }, held);
    const service = new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata, annotations: INTERNAL_LOAD_BALANCER },
        spec: { type: "LoadBalancer", selector: LABELS, ports: [{ name: "http", port: args.port, targetPort: CHROMA_POD_PORT }] },
      },
      child,
    );
    new k8s.policy.v1.PodDisruptionBudget(
      name,
      // A drain of the only server's node is an outage; it should be somebody's decision.
      { metadata, spec: { minAvailable: 1, selector: { matchLabels: LABELS } } },
      child,
    );
    new k8s.networking.v1.NetworkPolicy(name, { metadata, spec: networkPolicy(args.clientCidr) }, child);
    const address = service.status.loadBalancer.ingress.apply((ingress) => ingress[0]?.hostname ?? ingress[0]?.ip ?? "");
    // Whoever uses the URL needs the pods behind it, not just the address.
    this.url = pulumi.all([address, server.id]).apply(([host]) => `http://${host}:${args.port}`);
    this.registerOutputs({ url: this.url });
  }
}

// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
const INTERNAL_LOAD_BALANCER = {
  "service.beta.kubernetes.io/aws-load-balancer-type": "external",
  "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

const heartbeat = { httpGet: { path: "/api/v2/heartbeat", port: CHROMA_POD_PORT } };

const serverSpec = (args: ChromaServerArgs): k8s.types.input.apps.v1.StatefulSetSpec => ({
  serviceName: "chroma",
  replicas: 1,
  selector: { matchLabels: LABELS },
  template: {
    metadata: { labels: LABELS },
    spec: {
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: "chroma",
          image: args.image,
          ports: [{ name: "http", containerPort: CHROMA_POD_PORT }],
          env: [{ name: "ANONYMIZED_TELEMETRY", value: "False" }],
          resources: { requests: { cpu: args.cpu, memory: args.memory }, limits: { memory: args.memory } },
          volumeMounts: [{ name: "data", mountPath: DATA_DIRECTORY }],
          startupProbe: { ...heartbeat, periodSeconds: 1, failureThreshold: 300 },
          readinessProbe: { ...heartbeat, periodSeconds: 2, failureThreshold: 3 },
          livenessProbe: { ...heartbeat, periodSeconds: 10, failureThreshold: 6 },
        },
      ],
    },
  },
  volumeClaimTemplates: [
    {
      metadata: { name: "data", labels: LABELS },
      spec: {
        accessModes: ["ReadWriteOnce"],
        ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
        resources: { requests: { storage: args.storage } },
      },
    },
  ],
});

/** Chroma 1.x has no authentication of its own: who can reach it can read and erase it. It calls nobody. */
const networkPolicy = (clientCidr: pulumi.Input<string>): k8s.types.input.networking.v1.NetworkPolicySpec => ({
  podSelector: { matchLabels: LABELS },
  policyTypes: ["Ingress", "Egress"],
  ingress: [
    {
      ports: [{ protocol: "TCP", port: CHROMA_POD_PORT }],
      from: [{ podSelector: {} }, { ipBlock: { cidr: clientCidr } }],
    },
  ],
  egress: [],
});
