import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface ClusterDoorsArgs {
  readonly clusterSecurityGroupId: pulumi.Input<string>;
  readonly functionsSecurityGroupId: pulumi.Input<string>;
  /** The port of Chroma's pods. */
  readonly podPort: number;
  /** Databases that stood before the cluster and whose clients its workloads become, by what they are to a reader. */
  readonly databases: Readonly<Record<string, { readonly securityGroupId: pulumi.Input<string>; readonly port: number }>>;
}

/**
 * Rules that can only be made when the cluster is, because EKS makes its group with it: the functions that stood ready are let in to its pods, and
 * its pods to the databases that stood ready.
 */
export class ClusterDoors extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterDoorsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:ClusterDoors", name, {}, options);
    const letIn = (label: string, from: pulumi.Input<string>, to: pulumi.Input<string>, port: number, description: string) =>
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${label}`,
        { ipProtocol: "tcp", securityGroupId: to, referencedSecurityGroupId: from, description, fromPort: port, toPort: port },
        { parent: this },
      );
    letIn("pods", args.functionsSecurityGroupId, args.clusterSecurityGroupId, args.podPort, "Lifeboat functions to Chroma");
    for (const [database, { securityGroupId, port }] of Object.entries(args.databases))
      letIn(database, args.clusterSecurityGroupId, securityGroupId, port, "cluster to PostgreSQL");
    this.registerOutputs({});
  }
}
