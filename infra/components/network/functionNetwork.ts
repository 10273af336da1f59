import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterPlace } from "../cluster/clusterPlace";

export interface FunctionNetworkArgs {
  readonly cluster: ClusterPlace;
  readonly region: string;
  /** The port of Chroma's Service. */
  readonly chromaPort: number;
  /** The port of Chroma's pods, behind the load balancer; absent where the server is not Lifeboat's: its owner lets the functions in. */
  readonly podPort?: number;
  /** The port of the databases that functions here connect to, with the secrets that they read for it; absent where none does. */
  readonly databasePort?: number;
  /** A function here reads the cluster's Kubernetes API, which stands in the network at the cluster's own group. */
  readonly readsCluster?: boolean;
  /** That of the read replica, where it is another one. */
  readonly replicaPort?: number;
}

/**
 * How functions in a cluster's subnets reach the stores, and S3 and Secrets Manager, and nothing else. Only rules and endpoints
 * of our own are added; what the cluster owns stays as it is.
 */
export class FunctionNetwork extends pulumi.ComponentResource {
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Output<string>;
  /** The addresses that functions, and applications beside them, come from. */
  readonly vpcCidr: pulumi.Output<string>;

  constructor(name: string, args: FunctionNetworkArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:network:FunctionNetwork", name, {}, options);
    const child = { parent: this };
    const { cluster } = args;
    const vpc = aws.ec2.getVpcOutput({ id: cluster.vpcId }, child);
    const group = new aws.ec2.SecurityGroup(
      name,
      { vpcId: cluster.vpcId, description: "Lifeboat functions that reach the stores", tags: { Name: name } },
      child,
    );
    const leave = (to: string, description: string, cidrIpv4: pulumi.Input<string>, port: number) =>
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${to}`,
        { ipProtocol: "tcp", securityGroupId: group.id, description, cidrIpv4, fromPort: port, toPort: port },
        child,
      );
    leave("chroma", "Internal load balancer of Chroma", vpc.cidrBlock, args.chromaPort);
    if (args.databasePort !== undefined) leave("postgres", "PostgreSQL", vpc.cidrBlock, args.databasePort);
    if (args.replicaPort !== undefined && args.replicaPort !== args.databasePort)
      leave("postgres-replica", "Read replica of PostgreSQL", vpc.cidrBlock, args.replicaPort);
    // S3's addresses are public whichever way they are reached; the bucket policies and the endpoint decide what may be asked there.
    leave("https", "S3, Secrets Manager and the cluster API", "0.0.0.0/0", HTTPS);
    // With client addresses preserved by the load balancer, the pods see the functions' own group.
    if (cluster.securityGroupId !== undefined && args.podPort !== undefined)
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
    if (cluster.securityGroupId !== undefined && args.readsCluster === true)
      apiRule(`${name}-api`, cluster.securityGroupId, group.id, child);
    if (cluster.s3Access !== "existing")
      new aws.ec2.VpcEndpoint(
        name,
        {
          vpcId: cluster.vpcId,
          serviceName: `com.amazonaws.${args.region}.s3`,
          vpcEndpointType: "Gateway",
          routeTableIds: [...cluster.s3Access.routeTableIds],
        },
        child,
      );
    if (cluster.s3Access !== "existing" && args.databasePort !== undefined) secretsEndpoint(`${name}-secrets`, args, group.id, child);
    this.vpcCidr = vpc.cidrBlock;
    this.subnetIds = cluster.subnetIds;
    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}

const HTTPS = 443;

/** https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html: the cluster's group is on the interfaces that its API has in the network. */
const apiRule = (
  name: string,
  securityGroupId: pulumi.Input<string>,
  functionsGroupId: pulumi.Output<string>,
  child: pulumi.CustomResourceOptions,
): void => {
  new aws.vpc.SecurityGroupIngressRule(
    name,
    {
      ...{ ipProtocol: "tcp", securityGroupId, referencedSecurityGroupId: functionsGroupId },
      ...{ description: "Lifeboat functions to the Kubernetes API", fromPort: HTTPS, toPort: HTTPS },
    },
    child,
  );
};

/** Secrets Manager by its usual name, at private addresses in these subnets, for the functions only. https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html */
const secretsEndpoint = (
  name: string,
  { cluster, region }: FunctionNetworkArgs,
  functionsGroupId: pulumi.Output<string>,
  child: pulumi.CustomResourceOptions,
): void => {
  const group = new aws.ec2.SecurityGroup(
    name,
    { vpcId: cluster.vpcId, description: "Lifeboat endpoint of Secrets Manager", tags: { Name: name } },
    child,
  );
  new aws.vpc.SecurityGroupIngressRule(
    name,
    {
      ipProtocol: "tcp",
      securityGroupId: group.id,
      referencedSecurityGroupId: functionsGroupId,
      description: "Lifeboat functions to Secrets Manager",
      fromPort: HTTPS,
      toPort: HTTPS,
    },
    child,
  );
  new aws.ec2.VpcEndpoint(
    name,
    {
      vpcId: cluster.vpcId,
      serviceName: `com.amazonaws.${region}.secretsmanager`,
      vpcEndpointType: "Interface",
      subnetIds: [...cluster.subnetIds],
      securityGroupIds: [group.id],
      privateDnsEnabled: true,
    },
    child,
  );
};
