import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface ClusterAccessArgs {
  readonly clusterName: pulumi.Input<string>;
  /** Who runs `pulumi up`. */
  readonly deployRoleArn: string;
  /** Who looks and acts in the cluster on the worst day. */
  readonly operators: readonly string[];
  readonly nodeRoleArn: pulumi.Input<string>;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
const accessPolicyArn = (policy: string): string => `arn:aws:eks::aws:cluster-access-policy/${policy}`;

/** A principal's last name: it stands in the names of resources, and tells who an entry is for. */
const lastName = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/** Who may do what in a cluster, and nobody beside: not even whoever made it, who is an administrator by default. */
export class ClusterAccess extends pulumi.ComponentResource {
  /** What has to be there before anybody or any node can speak to the cluster. */
  readonly granted: readonly pulumi.Resource[];

  constructor(name: string, args: ClusterAccessArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:ClusterAccess", name, {}, options);
    const child = { parent: this };
    const grant = (label: string, principalArn: pulumi.Input<string>, policy: string, type = "STANDARD"): pulumi.Resource => {
      const entry = new aws.eks.AccessEntry(`${name}-${label}`, { clusterName: args.clusterName, principalArn, type }, child);
      return new aws.eks.AccessPolicyAssociation(
        `${name}-${label}`,
        {
          clusterName: args.clusterName,
          principalArn: entry.principalArn,
          policyArn: accessPolicyArn(policy),
          accessScope: { type: "cluster" },
        },
        child,
      );
    };
    this.granted = [
      grant("deploy", args.deployRoleArn, "AmazonEKSClusterAdminPolicy"),
      // Everything inside namespaces, and nothing of the cluster itself.
      ...args.operators.map((arn) => grant(`operator-${lastName(arn)}`, arn, "AmazonEKSAdminPolicy")),
      // EKS makes this entry itself only for its own node pools. https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
      grant("nodes", args.nodeRoleArn, "AmazonEKSAutoNodePolicy", "EC2"),
    ];
    this.registerOutputs({});
  }
}
