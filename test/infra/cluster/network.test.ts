import { z } from "zod";
import { ClusterNetwork, type ClusterNetworkArgs } from "../../../infra/components/cluster/clusterNetwork";
import { zonesOf } from "../../../infra/components/cluster/zones";
import type { Recording } from "../support/recording";
import { REGION, run } from "./program";
import { VALUES, ZONES } from "./values";

const Subnet = z.object({
  cidrBlock: z.string(),
  availabilityZone: z.string(),
  mapPublicIpOnLaunch: z.boolean(),
  tags: z.record(z.string(), z.string()),
});
const Route = z.object({ routeTableId: z.string(), natGatewayId: z.string().optional(), gatewayId: z.string().optional() });
const Endpoint = z.object({
  serviceName: z.string(),
  vpcEndpointType: z.string(),
  routeTableIds: z.array(z.string()).default([]),
  subnetIds: z.array(z.string()).default([]),
  privateDnsEnabled: z.boolean().default(false),
});

const networkOf = async (changes: Partial<ClusterNetworkArgs> = {}): Promise<Recording> =>
  (await run((options) => new ClusterNetwork("net", { ...VALUES, region: REGION, zones: ZONES, ...changes }, options))).recording;

const subnets = (recording: Recording) => recording.typed("aws:ec2/subnet:Subnet", Subnet).map(({ args }) => args);
const privateOnes = (recording: Recording) => subnets(recording).filter(({ tags }) => tags["kubernetes.io/role/internal-elb"] === "1");
const services = (recording: Recording) =>
  recording.typed("aws:ec2/vpcEndpoint:VpcEndpoint", Endpoint).map(({ args }) => args.serviceName.replace(`com.amazonaws.${REGION}.`, ""));

it("has one private subnet a zone that internal load balancers are found by", async () => {
  const recording = await networkOf();

  expect(privateOnes(recording).map(({ availabilityZone, cidrBlock }) => [availabilityZone, cidrBlock])).toEqual([
    ["eu-west-1a", "10.2.0.0/18"],
    ["eu-west-1b", "10.2.64.0/18"],
    ["eu-west-1c", "10.2.128.0/18"],
  ]);
});

it("lets nobody in from the internet, and gives nothing a public address by standing somewhere", async () => {
  const recording = await networkOf();
  const rules = recording.typed("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", z.object({ cidrIpv4: z.string() }));

  expect(subnets(recording).filter(({ mapPublicIpOnLaunch }) => mapPublicIpOnLaunch)).toEqual([]);
  expect(subnets(recording).filter(({ tags }) => "kubernetes.io/role/elb" in tags)).toEqual([]);
  expect(rules.map(({ args }) => args.cidrIpv4)).toEqual(["10.2.0.0/16"]);
  expect(recording.get("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "net").inputs).toMatchObject({ ingress: [], egress: [] });
});

it.each([
  ["nat", 3],
  ["single-nat", 1],
] as const)("egress %s: %i gateways, and each private subnet's route leads to one", async (egress, gateways) => {
  const recording = await networkOf({ egress });
  const routes = recording.typed("aws:ec2/route:Route", Route).filter(({ args }) => args.natGatewayId !== undefined);

  expect(recording.all("aws:ec2/natGateway:NatGateway")).toHaveLength(gateways);
  expect(new Set(routes.map(({ args }) => args.routeTableId)).size).toBe(ZONES.length);
  expect(new Set(routes.map(({ args }) => args.natGatewayId)).size).toBe(gateways);
});

it("with NAT, functions reach S3 and Secrets Manager without it", async () => {
  const recording = await networkOf();
  const [s3, secrets] = recording.typed("aws:ec2/vpcEndpoint:VpcEndpoint", Endpoint).map(({ args }) => args);

  expect(services(recording)).toEqual(["s3", "secretsmanager"]);
  expect(s3).toMatchObject({ vpcEndpointType: "Gateway", routeTableIds: ZONES.map((zone) => `${REGION}/net-${zone}`) });
  expect(secrets).toMatchObject({
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: ZONES.map((zone) => `${REGION}/net-${zone}`),
  });
});

it("with endpoints only there is no way to the internet at all, and nodes find the services that they need", async () => {
  const recording = await networkOf({ egress: "endpoints" });

  for (const type of ["internetGateway:InternetGateway", "natGateway:NatGateway", "eip:Eip", "route:Route"])
    expect(recording.all(`aws:ec2/${type}`)).toEqual([]);
  expect(services(recording).sort()).toEqual(
    ["s3", "secretsmanager", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "logs", "sts"].sort(),
  );
});

it("public load balancers find the public subnets when configuration lets them", async () => {
  const recording = await networkOf({ publicLoadBalancers: true });

  expect(subnets(recording).filter(({ tags }) => tags["kubernetes.io/role/elb"] === "1")).toHaveLength(ZONES.length);
});

describe("zones", () => {
  it("are the configured ones, and nobody is asked", async () => {
    const { made, recording } = await run((options) => zonesOf(["eu-west-1c", "eu-west-1a"], options));

    expect(made).toEqual(["eu-west-1c", "eu-west-1a"]);
    expect(recording.invokes).toEqual([]);
  });

  it("are the first three of the region else", async () => {
    const zones = ["eu-west-1d", "eu-west-1b", "eu-west-1a", "eu-west-1c"];

    expect((await run((options) => zonesOf(undefined, options), { zones })).made).toEqual(ZONES);
  });

  it("a region with one zone is refused", async () => {
    await expect(run((options) => zonesOf(undefined, options), { zones: ["eu-west-1a"] })).rejects.toMatchObject({ code: "configuration" });
  });
});
