import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface ClusterReaderArgs {
  /** In EKS. */
  readonly clusterName: pulumi.Input<string>;
  /** Role of the function that exports the cluster's objects. */
  readonly roleArn: pulumi.Input<string>;
  readonly namespaces: readonly string[];
}

/** Everything is seen, Secrets too, and nothing changed. https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
const ADMIN_VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy";

/** Lets the export in to a cluster, to look at the namespaces that it exports, and at no other. A cluster that exists keeps all that it has. */
export class ClusterReader extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterReaderArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:configuration:ClusterReader", name, {}, options);
    const child = { parent: this };
    const { clusterName, roleArn } = args;
    const entry = new aws.eks.AccessEntry(name, { clusterName, principalArn: roleArn, type: "STANDARD" }, child);
    new aws.eks.AccessPolicyAssociation(
      name,
      {
        ...{ clusterName, principalArn: entry.principalArn, policyArn: ADMIN_VIEW },
        accessScope: { type: "namespace", namespaces: [...args.namespaces] },
      },
      child,
    );
    this.registerOutputs({});
  }
}
