import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterZone } from "./clusterZone";

export interface AwsEndpointsArgs {
  readonly region: string;
  readonly vpc: aws.ec2.Vpc;
  readonly zones: readonly ClusterZone[];
  /** There is no other way out: nodes reach all that they need by endpoints too. */
  readonly everything: boolean;
}

const HTTPS = 443;

/** What functions read a database's secret by. */
const FUNCTIONS_NEED = ["secretsmanager"];
/**
 * What a cluster without a way to the internet needs beside S3. https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html; Pod Identity asks
 * eks-auth, https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
 */
const NODES_NEED = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "logs", "sts"];

/** S3 by a route, which costs nothing, and other services at private addresses in the subnets, under their usual names. */
export const awsEndpoints = (name: string, args: AwsEndpointsArgs, child: pulumi.CustomResourceOptions): void => {
  const { region, vpc, zones } = args;
  new aws.ec2.VpcEndpoint(
    `${name}-s3`,
    {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: zones.map(({ routeTableId }) => routeTableId),
      tags: { Name: `${name}-s3` },
    },
    child,
  );
  const securityGroupIds = [ownNetworkOnly(name, vpc, child)];
  for (const service of args.everything ? [...FUNCTIONS_NEED, ...NODES_NEED] : FUNCTIONS_NEED)
    new aws.ec2.VpcEndpoint(
      `${name}-${service}`,
      {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Interface",
        subnetIds: zones.map(({ subnetId }) => subnetId),
        securityGroupIds,
        privateDnsEnabled: true,
        tags: { Name: `${name}-${service}` },
      },
      child,
    );
};

const ownNetworkOnly = (name: string, vpc: aws.ec2.Vpc, child: pulumi.CustomResourceOptions): pulumi.Output<string> => {
  const label = `${name}-endpoints`;
  const group = new aws.ec2.SecurityGroup(label, { vpcId: vpc.id, description: "Endpoints of AWS services", tags: { Name: label } }, child);
  new aws.vpc.SecurityGroupIngressRule(
    label,
    {
      ipProtocol: "tcp",
      securityGroupId: group.id,
      cidrIpv4: vpc.cidrBlock,
      description: "This network to AWS services",
      fromPort: HTTPS,
      toPort: HTTPS,
    },
    child,
  );
  return group.id;
};
