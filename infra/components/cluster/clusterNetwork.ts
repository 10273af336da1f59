import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Egress } from "../../config/cluster";
import { awsEndpoints } from "./awsEndpoints";
import { natRoutes } from "./natRoutes";
import { planSubnets } from "./subnetPlan";

export interface ClusterNetworkArgs {
  readonly region: string;
  readonly vpcCidr: string;
  readonly zones: readonly string[];
  readonly egress: Egress;
  /** Whether internet-facing load balancers may be put into the public subnets. */
  readonly publicLoadBalancers: boolean;
}

/** A network for a cluster, its databases and the functions beside them: private subnets, and ways out of them that nobody comes in by. */
export class ClusterNetwork extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** The private subnets, one a zone. */
  readonly subnetIds: readonly pulumi.Output<string>[];

  constructor(name: string, args: ClusterNetworkArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:cluster:ClusterNetwork", name, {}, options);
    const child = { parent: this };
    // Nodes cannot register without either. https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
    const vpc = new aws.ec2.Vpc(
      name,
      { cidrBlock: args.vpcCidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
      child,
    );
    // Whatever is put into the VPC's default group by mistake reaches nothing and is reached by nobody.
    new aws.ec2.DefaultSecurityGroup(name, { vpcId: vpc.id, ingress: [], egress: [], tags: { Name: `${name}-default` } }, child);
    const zones = planSubnets(args.vpcCidr, args.zones).map((plan) => ({ ...plan, ...privateSubnet(name, vpc, plan, child) }));
    if (args.egress !== "endpoints") natRoutes(name, { ...args, vpcId: vpc.id, zones, perZone: args.egress === "nat" }, child);
    awsEndpoints(name, { region: args.region, vpc, zones, everything: args.egress === "endpoints" }, child);
    this.vpcId = vpc.id;
    this.subnetIds = zones.map(({ subnetId }) => subnetId);
    this.registerOutputs({ vpcId: this.vpcId, subnetIds: [...this.subnetIds] });
  }
}

/** A subnet without public addresses, with a route table of its own: a zone's way out may differ from another's. */
const privateSubnet = (
  name: string,
  vpc: aws.ec2.Vpc,
  { zone, privateCidr }: { readonly zone: string; readonly privateCidr: string },
  child: pulumi.CustomResourceOptions,
) => {
  const label = `${name}-${zone}`;
  const subnet = new aws.ec2.Subnet(
    label,
    {
      vpcId: vpc.id,
      cidrBlock: privateCidr,
      availabilityZone: zone,
      mapPublicIpOnLaunch: false,
      // Auto Mode finds the subnets of internal load balancers by it. https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html
      tags: { Name: label, "kubernetes.io/role/internal-elb": "1" },
    },
    child,
  );
  const table = new aws.ec2.RouteTable(label, { vpcId: vpc.id, tags: { Name: label } }, child);
  new aws.ec2.RouteTableAssociation(label, { subnetId: subnet.id, routeTableId: table.id }, child);
  return { subnetId: subnet.id, routeTableId: table.id };
};
