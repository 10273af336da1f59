import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../../iam/policy";

export interface ClusterRolesArgs {
  readonly system: string;
  readonly home: "primary" | "recovery";
  readonly region: string;
  /** The key that the cluster's volumes are encrypted with. */
  readonly keyArn: pulumi.Input<string>;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
export const CLUSTER_POLICIES = [
  "AmazonEKSBlockStoragePolicy",
  "AmazonEKSClusterPolicy",
  "AmazonEKSComputePolicy",
  "AmazonEKSLoadBalancingPolicy",
  "AmazonEKSNetworkingPolicy",
] as const;
/** https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html */
export const NODE_POLICIES = ["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy"] as const;

/**
 * All of IAM that a cluster needs, made apart from it: IAM is changed in us-east-1, so a cluster that is made when that region is lost must find its
 * roles there. The nodes' instance profile belongs to it: Auto Mode makes one itself where a node class names a role only, at the worst moment.
 */
export class ClusterRoles extends pulumi.ComponentResource {
  readonly clusterRoleArn: pulumi.Output<string>;
  readonly nodeRoleArn: pulumi.Output<string>;
  readonly instanceProfileName: pulumi.Output<string>;
  /** A cluster that is made before its role's policies are attached cannot be used, and cannot be deleted after they are gone. */
  readonly attached: readonly pulumi.Resource[];

  constructor(name: string, args: ClusterRolesArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:ClusterRoles", name, {}, options);
    const child = { parent: this };
    const cluster = new aws.iam.Role(
      `${name}-cluster`,
      { name: `${args.system}-cluster-${args.home}`, description: "EKS, on behalf of the cluster", assumeRolePolicy: clusterTrust() },
      child,
    );
    const nodes = new aws.iam.Role(
      `${name}-nodes`,
      { name: `${args.system}-nodes-${args.home}`, description: "Nodes of the cluster", assumeRolePolicy: nodeTrust() },
      child,
    );
    const profile = new aws.iam.InstanceProfile(
      `${name}-nodes`,
      // The policies of Auto Mode are about profiles whose names begin with "eks". https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
      { name: `eks-${args.system}-nodes-${args.home}`, role: nodes.name },
      child,
    );
    const attach = (role: aws.iam.Role, kind: string, policies: readonly string[]) =>
      policies.map(
        (policy) =>
          new aws.iam.RolePolicyAttachment(
            `${name}-${kind}-${policy}`,
            { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
            child,
          ),
      );
    const volumes = new aws.iam.RolePolicy(
      `${name}-volumes`,
      { role: cluster.name, policy: pulumi.output(args.keyArn).apply((keyArn) => volumeKeyPolicy(keyArn, args.region)) },
      child,
    );
    this.attached = [...attach(cluster, "cluster", CLUSTER_POLICIES), ...attach(nodes, "nodes", NODE_POLICIES), volumes, profile];
    this.clusterRoleArn = cluster.arn;
    this.nodeRoleArn = nodes.arn;
    this.instanceProfileName = profile.name;
    this.registerOutputs({ clusterRoleArn: this.clusterRoleArn, nodeRoleArn: this.nodeRoleArn });
  }
}

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
const clusterTrust = (): string =>
  policyDocument([{ actions: ["sts:AssumeRole", "sts:TagSession"], resources: [], principal: { Service: "eks.amazonaws.com" } }]);

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html */
const nodeTrust = (): string =>
  policyDocument([{ actions: ["sts:AssumeRole"], resources: [], principal: { Service: "ec2.amazonaws.com" } }]);

/**
 * Volumes under a key of ours, through EBS only. https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html#_use_self_managed_kms_key_to_encrypt_ebs_volumes
 * shows it as a key policy for the account; the key's own policy leaves it to IAM, so only this role gets it.
 */
const volumeKeyPolicy = (keyArn: string, region: string): string =>
  policyDocument([
    {
      actions: ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      resources: [keyArn],
      condition: { StringEquals: { "kms:ViaService": `ec2.${region}.amazonaws.com` } },
    },
  ]);
