import { z } from "zod";
import type { ExistingCluster } from "../../../infra/config/cluster";
import type { Recording } from "./recording";

export type Need =
  | { readonly chromaPort: number; readonly podPort: number }
  | { readonly databasePort: number }
  | { readonly kubernetesPort: number }
  | { readonly awsService: string };

/** Where a cluster's functions stand: what its owner says of it, and what was recorded around it. */
export interface Surroundings {
  readonly recording: Recording;
  readonly cluster: Pick<ExistingCluster, "vpcId" | "subnetIds" | "securityGroupId" | "s3Access">;
  readonly region: string;
  readonly vpcCidr: string;
}

const FunctionArgs = z.object({
  name: z.string(),
  environment: z.object({ variables: z.record(z.string(), z.string()) }),
  vpcConfig: z.object({ subnetIds: z.array(z.string()), securityGroupIds: z.array(z.string()) }).optional(),
});
type FunctionArgs = z.infer<typeof FunctionArgs>;

export const functionsOf = (recording: Recording) => recording.typed("aws:lambda/function:Function", FunctionArgs);

const Ports = { ipProtocol: z.literal("tcp"), fromPort: z.number(), toPort: z.number(), securityGroupId: z.string() };
const Egress = z.object({ ...Ports, cidrIpv4: z.string() });
// A rule may name addresses in the place of a group.
const Ingress = z.object({ ...Ports, referencedSecurityGroupId: z.string().default("none") });
const Endpoint = z.object({
  vpcId: z.string(),
  serviceName: z.string(),
  vpcEndpointType: z.string(),
  routeTableIds: z.array(z.string()).default([]),
  subnetIds: z.array(z.string()).default([]),
  securityGroupIds: z.array(z.string()).default([]),
  privateDnsEnabled: z.boolean().default(false),
});

const ANYWHERE = "0.0.0.0/0";

/** What keeps a function from what it needs, each obstacle in words; nothing when it gets there. */
export const obstacles = (fn: FunctionArgs, need: Need, surroundings: Surroundings): readonly string[] => {
  if (fn.vpcConfig === undefined)
    // Outside of a VPC, Lambda reaches AWS's public endpoints, and no private address.
    return "awsService" in need ? [] : ["it stands in no VPC: an internal load balancer has private addresses only"];
  const inside = { ...surroundings, groups: fn.vpcConfig.securityGroupIds };
  const strangers = fn.vpcConfig.subnetIds.filter((id) => !surroundings.cluster.subnetIds.includes(id));
  return [...strangers.map((id) => `subnet ${id} is not the cluster's`), ...obstaclesInside(need, inside)];
};

const obstaclesInside = (need: Need, inside: Inside): readonly string[] => {
  if ("awsService" in need) return awsObstacles(need.awsService, inside);
  if ("chromaPort" in need) return chromaObstacles(need, inside);
  if ("kubernetesPort" in need) return kubernetesObstacles(need, inside);
  return leaves(inside, need.databasePort, inside.vpcCidr) ? [] : [`no group of it lets it out to ${inside.vpcCidr}:${need.databasePort}`];
};

type Inside = Surroundings & { readonly groups: readonly string[] };

const leaves = ({ recording, groups }: Inside, port: number, cidr: string): boolean =>
  recording
    .typed("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", Egress)
    .some(
      ({ args }) =>
        groups.includes(args.securityGroupId) &&
        args.fromPort <= port &&
        port <= args.toPort &&
        (args.cidrIpv4 === cidr || args.cidrIpv4 === ANYWHERE),
    );

/** Whether a group lets one of the function's groups in to a port. */
const admits = ({ recording, groups }: Inside, securityGroupId: string, port: number): boolean =>
  recording
    .typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Ingress)
    .some(
      ({ args }) =>
        args.securityGroupId === securityGroupId &&
        groups.includes(args.referencedSecurityGroupId) &&
        args.fromPort <= port &&
        port <= args.toPort,
    );

const chromaObstacles = ({ chromaPort, podPort }: Extract<Need, { chromaPort: number }>, inside: Inside): string[] => {
  const admitted = admits(inside, inside.cluster.securityGroupId, podPort);
  return [
    ...(leaves(inside, chromaPort, inside.vpcCidr) ? [] : [`no group of it lets it out to ${inside.vpcCidr}:${chromaPort}`]),
    ...(admitted ? [] : [`${inside.cluster.securityGroupId} does not let it in to port ${podPort}`]),
  ];
};

/** https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html: the API's interfaces in the network are in the cluster's group. */
const kubernetesObstacles = ({ kubernetesPort: port }: Extract<Need, { kubernetesPort: number }>, inside: Inside): string[] => [
  ...(leaves(inside, port, inside.vpcCidr) ? [] : [`no group of it lets it out to ${inside.vpcCidr}:${port}`]),
  ...(admits(inside, inside.cluster.securityGroupId, port) ? [] : [`${inside.cluster.securityGroupId} does not let it in to port ${port}`]),
];

const awsObstacles = (service: string, inside: Inside): string[] => {
  const way = WAYS[service];
  if (way === undefined) return [`no endpoint of ${service} is in its VPC`];
  return [
    ...(leaves(inside, 443, ANYWHERE) ? [] : [`no group of it lets it out to port 443 of ${service}`]),
    ...(inside.cluster.s3Access === "existing" ? [] : way(inside, inside.cluster.s3Access.routeTableIds)),
  ];
};

const endpointsOf = ({ recording, region, cluster }: Inside, service: string) =>
  recording
    .typed("aws:ec2/vpcEndpoint:VpcEndpoint", Endpoint)
    .filter(
      ({ args, place }) => place === region && args.vpcId === cluster.vpcId && args.serviceName === `com.amazonaws.${region}.${service}`,
    );

/** The ways out of these subnets, by the service's SDK client: S3 by a route, Secrets Manager by addresses in them. */
const WAYS: Readonly<Record<string, (inside: Inside, routeTableIds: readonly string[]) => string[]>> = {
  // https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
  s3: (inside, routeTableIds) =>
    endpointsOf(inside, "s3").some(
      ({ args }) => args.vpcEndpointType === "Gateway" && routeTableIds.every((table) => args.routeTableIds.includes(table)),
    )
      ? []
      : ["no route of its subnets leads to S3"],
  // https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
  "secrets-manager": (inside) =>
    endpointsOf(inside, "secretsmanager").some(
      ({ args }) =>
        args.vpcEndpointType === "Interface" &&
        args.privateDnsEnabled &&
        inside.cluster.subnetIds.every((id) => args.subnetIds.includes(id)) &&
        args.securityGroupIds.some((id) => admits(inside, id, 443)),
    )
      ? []
      : ["no endpoint in its subnets that lets it in answers for Secrets Manager"],
};
