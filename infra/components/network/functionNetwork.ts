import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../../config/schema";

export interface FunctionNetworkArgs {
  readonly cluster: Pick<Cluster, "vpcId" | "subnetIds" | "securityGroupId" | "s3Access">;
  readonly region: string;
  /** The port of Chroma's Service. */
  readonly chromaPort: number;
  /** The port of Chroma's pods, behind the load balancer. */
  readonly podPort: number;
}

/**
 * How functions in an existing cluster's subnets reach Chroma and S3, and nothing else. Only rules and endpoints of our own are
 * added; what the cluster owns stays as it is.
 */
export class FunctionNetwork extends pulumi.ComponentResource {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: pulumi.Output<string>[];
  /** The addresses that functions, and applications beside them, come from. */
  readonly vpcCidr: pulumi.Output<string>;

  constructor(name: string, args: FunctionNetworkArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:network:FunctionNetwork", name, {}, options);
    const child = { parent: this };
    const { cluster } = args;
    const vpc = aws.ec2.getVpcOutput({ id: cluster.vpcId }, child);
    const group = new aws.ec2.SecurityGroup(
      name,
      { vpcId: cluster.vpcId, description: "Lifeboat functions that reach Chroma", tags: { Name: name } },
      child,
    );
    const tcp = { ipProtocol: "tcp", securityGroupId: group.id };
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-chroma`,
      {
        ...tcp,
        description: "Chroma's internal load balancer",
        cidrIpv4: vpc.cidrBlock,
        fromPort: args.chromaPort,
        toPort: args.chromaPort,
      },
      child,
    );
    // S3's addresses are public whichever way they are reached; the bucket policies and the endpoint decide what may be asked there.
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-s3`,
      { ...tcp, description: "S3", cidrIpv4: "0.0.0.0/0", fromPort: 443, toPort: 443 },
      child,
    );
    // With client addresses preserved by the load balancer, the pods see the functions' own group.
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-pods`,
      {
        ipProtocol: "tcp",
        securityGroupId: cluster.securityGroupId,
        referencedSecurityGroupId: group.id,
        description: "Lifeboat functions to Chroma",
        fromPort: args.podPort,
        toPort: args.podPort,
      },
      child,
    );
    if (cluster.s3Access !== "existing")
      new aws.ec2.VpcEndpoint(
        name,
        {
          vpcId: cluster.vpcId,
          serviceName: `com.amazonaws.${args.region}.s3`,
          vpcEndpointType: "Gateway",
          routeTableIds: cluster.s3Access.routeTableIds,
        },
        child,
      );
    this.vpcCidr = vpc.cidrBlock;
    this.subnetIds = cluster.subnetIds;
    this.securityGroupIds = [group.id];
    this.registerOutputs({ securityGroupIds: this.securityGroupIds });
  }
}
