import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterZone } from "./clusterZone";

export interface NatRoutesArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly zones: readonly ClusterZone[];
  /** A gateway in each zone survives the loss of another zone; a single one costs less and does not. */
  readonly perZone: boolean;
  readonly publicLoadBalancers: boolean;
}

const ANYWHERE = "0.0.0.0/0";

/** Public subnets that hold NAT gateways, and the private subnets' routes to them: calls out get through, calls in have no way. */
export const natRoutes = (name: string, args: NatRoutesArgs, child: pulumi.CustomResourceOptions): void => {
  const internet = new aws.ec2.InternetGateway(name, { vpcId: args.vpcId, tags: { Name: name } }, child);
  const table = new aws.ec2.RouteTable(`${name}-public`, { vpcId: args.vpcId, tags: { Name: `${name}-public` } }, child);
  const out = new aws.ec2.Route(
    `${name}-public`,
    { routeTableId: table.id, destinationCidrBlock: ANYWHERE, gatewayId: internet.id },
    child,
  );
  const gateways: aws.ec2.NatGateway[] = [];
  for (const [index, { zone, publicCidr, routeTableId }] of args.zones.entries()) {
    const subnet = publicSubnet(`${name}-public-${zone}`, args, { zone, publicCidr, tableId: table.id }, child);
    const own = index === 0 || args.perZone ? natGateway(`${name}-${zone}`, subnet.id, { ...child, dependsOn: [out] }) : undefined;
    if (own !== undefined) gateways.push(own);
    const gateway = own ?? gateways[0];
    if (gateway !== undefined)
      new aws.ec2.Route(`${name}-${zone}`, { routeTableId, destinationCidrBlock: ANYWHERE, natGatewayId: gateway.id }, child);
  }
};

const publicSubnet = (
  label: string,
  args: NatRoutesArgs,
  place: { readonly zone: string; readonly publicCidr: string; readonly tableId: pulumi.Input<string> },
  child: pulumi.CustomResourceOptions,
): aws.ec2.Subnet => {
  const subnet = new aws.ec2.Subnet(
    label,
    {
      vpcId: args.vpcId,
      cidrBlock: place.publicCidr,
      availabilityZone: place.zone,
      // The gateways bring addresses of their own; nothing else gets a public one by standing here.
      mapPublicIpOnLaunch: false,
      // Without the tag, Auto Mode finds no subnet for an internet-facing load balancer. https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html
      tags: { Name: label, ...(args.publicLoadBalancers ? { "kubernetes.io/role/elb": "1" } : {}) },
    },
    child,
  );
  new aws.ec2.RouteTableAssociation(label, { subnetId: subnet.id, routeTableId: place.tableId }, child);
  return subnet;
};

const natGateway = (label: string, subnetId: pulumi.Input<string>, options: pulumi.CustomResourceOptions): aws.ec2.NatGateway => {
  const address = new aws.ec2.Eip(label, { domain: "vpc", tags: { Name: label } }, options);
  return new aws.ec2.NatGateway(label, { subnetId, allocationId: address.allocationId, tags: { Name: label } }, options);
};
