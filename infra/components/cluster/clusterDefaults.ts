import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

export interface ClusterDefaultsArgs {
  readonly instanceProfileName: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** The group that EKS made for the cluster: Auto Mode may change the rules of no other. https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html */
  readonly securityGroupId: pulumi.Input<string>;
  /** The key that volumes are encrypted with. */
  readonly keyArn: pulumi.Input<string>;
  /** Whether volumes outlive the claims that asked for them. */
  readonly keepVolumes: boolean;
}

const NAME = "lifeboat";

/**
 * What Auto Mode leaves to its user: enforcement of network policies, nodes that carry them out, and a default storage class.
 * EKS overwrites changes to its own node class, so the nodes have one of ours, in a pool of ours.
 */
export class ClusterDefaults extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterDefaultsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:ClusterDefaults", name, {}, options);
    const child = { parent: this };
    // Policies are accepted and not enforced until both this and the node class say so. https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
    new k8s.core.v1.ConfigMap(
      `${name}-network-policy`,
      { metadata: { name: "amazon-vpc-cni", namespace: "kube-system" }, data: { "enable-network-policy-controller": "true" } },
      child,
    );
    const nodeClass = new k8s.apiextensions.CustomResource(
      `${name}-node-class`,
      { apiVersion: "eks.amazonaws.com/v1", kind: "NodeClass", metadata: { name: NAME }, spec: nodeClassSpec(args) },
      child,
    );
    new k8s.apiextensions.CustomResource(
      `${name}-node-pool`,
      { apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name: NAME }, spec: NODE_POOL },
      { ...child, dependsOn: [nodeClass] },
    );
    new k8s.storage.v1.StorageClass(name, storageClass(args), child);
    this.registerOutputs({});
  }
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html */
const nodeClassSpec = (args: ClusterDefaultsArgs) => ({
  instanceProfile: args.instanceProfileName,
  subnetSelectorTerms: args.subnetIds.map((id) => ({ id })),
  securityGroupSelectorTerms: [{ id: args.securityGroupId }],
  // Enforced where a pod has a policy. DefaultDeny would cut off applications whose policies are not ours to write.
  networkPolicy: "DefaultAllow",
  networkPolicyEventLogs: "Enabled",
});

/** What EKS's own general-purpose pool takes, on our node class. https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html */
const NODE_POOL = {
  template: {
    spec: {
      nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: NAME },
      requirements: [
        // A database of vectors that a spot market takes away is an outage.
        { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
        { key: "eks.amazonaws.com/instance-category", operator: "In", values: ["c", "m", "r"] },
        { key: "eks.amazonaws.com/instance-generation", operator: "Gt", values: ["4"] },
        { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
        { key: "kubernetes.io/os", operator: "In", values: ["linux"] },
      ],
      expireAfter: "336h",
      terminationGracePeriod: "24h",
    },
  },
  disruption: { consolidationPolicy: "WhenEmptyOrUnderutilized", consolidateAfter: "30s" },
};

/** Auto Mode brings no class of its own. https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html */
const storageClass = ({ keyArn, keepVolumes }: ClusterDefaultsArgs): k8s.storage.v1.StorageClassArgs => ({
  metadata: { name: NAME, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "ebs.csi.eks.amazonaws.com",
  // A volume lives in one zone: it is made where the pod will run.
  volumeBindingMode: "WaitForFirstConsumer",
  reclaimPolicy: keepVolumes ? "Retain" : "Delete",
  allowVolumeExpansion: true,
  parameters: { type: "gp3", encrypted: "true", kmsKeyId: keyArn },
});
