import { z } from "zod";
import type { Cluster } from "../../../infra/config/schema";
import type { Recording } from "./recording";

export type Need = { readonly chromaPort: number; readonly podPort: number } | { readonly awsService: string };

/** Where a cluster's functions stand: what its owner says of it, and what was recorded around it. */
export interface Surroundings {
  readonly recording: Recording;
  readonly cluster: Pick<Cluster, "vpcId" | "subnetIds" | "securityGroupId" | "s3Access">;
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
const Ingress = z.object({ ...Ports, referencedSecurityGroupId: z.string() });
const Endpoint = z.object({ vpcId: z.string(), serviceName: z.string(), vpcEndpointType: z.string(), routeTableIds: z.array(z.string()) });

const ANYWHERE = "0.0.0.0/0";

/** What keeps a function from what it needs, each obstacle in words; nothing when it gets there. */
export const obstacles = (fn: FunctionArgs, need: Need, surroundings: Surroundings): readonly string[] => {
  if (fn.vpcConfig === undefined)
    // Outside of a VPC, Lambda reaches AWS's public endpoints, and no private address.
    return "awsService" in need ? [] : ["it stands in no VPC: an internal load balancer has private addresses only"];
  const inside = { ...surroundings, groups: fn.vpcConfig.securityGroupIds };
  const strangers = fn.vpcConfig.subnetIds.filter((id) => !surroundings.cluster.subnetIds.includes(id));
  return [
    ...strangers.map((id) => `subnet ${id} is not the cluster's`),
    ...("awsService" in need ? awsObstacles(need.awsService, inside) : chromaObstacles(need, inside)),
  ];
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

const chromaObstacles = ({ chromaPort, podPort }: Extract<Need, { chromaPort: number }>, inside: Inside): string[] => {
  const admitted = inside.recording
    .typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Ingress)
    .some(
      ({ args }) =>
        args.securityGroupId === inside.cluster.securityGroupId &&
        inside.groups.includes(args.referencedSecurityGroupId) &&
        args.fromPort <= podPort &&
        podPort <= args.toPort,
    );
  return [
    ...(leaves(inside, chromaPort, inside.vpcCidr) ? [] : [`no group of it lets it out to ${inside.vpcCidr}:${chromaPort}`]),
    ...(admitted ? [] : [`${inside.cluster.securityGroupId} does not let it in to port ${podPort}`]),
  ];
};

/** Only S3 has a way out of these subnets. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
const awsObstacles = (service: string, inside: Inside): string[] => {
  if (service !== "s3") return [`no endpoint of ${service} is in its VPC`];
  const { cluster, recording, region } = inside;
  const routed = (tables: readonly string[]): boolean =>
    recording
      .typed("aws:ec2/vpcEndpoint:VpcEndpoint", Endpoint)
      .some(
        ({ args, place }) =>
          place === region &&
          args.vpcId === cluster.vpcId &&
          args.vpcEndpointType === "Gateway" &&
          args.serviceName === `com.amazonaws.${region}.s3` &&
          tables.every((table) => args.routeTableIds.includes(table)),
      );
  return [
    ...(leaves(inside, 443, ANYWHERE) ? [] : ["no group of it lets it out to S3's port 443"]),
    ...(cluster.s3Access === "existing" || routed(cluster.s3Access.routeTableIds) ? [] : ["no route of its subnets leads to S3"]),
  ];
};
