import { AuthorizeSecurityGroupIngressCommand, CreateTagsCommand, EC2Client, ModifySecurityGroupRulesCommand } from "@aws-sdk/client-ec2";
import { ec2Resources } from "../../../local/plugins/aws/ec2/index";
import { region, useAws } from "./aws";
import type { Engine } from "./engine";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws(ec2Resources);
const ec2 = () => aws.outside().client(EC2Client);

const hijack = async ({ id }: { readonly id: string }) => {
  await ec2().send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "owner", Value: "attacker" }] }));
};

const vpcOf = (given: Given) => given.vpc?.id ?? "";
const makeVpc = (engine: Engine) => engine.create("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.20.0.0/16" });
const makeSubnet = (engine: Engine, vpcId: string, cidrBlock: string) =>
  engine.create("aws:ec2/subnet:Subnet", "subnet", { vpcId, cidrBlock });
const makeGroup = (engine: Engine, vpcId: string, name: string) =>
  engine.create("aws:ec2/securityGroup:SecurityGroup", "group", { vpcId, name });

const withVpc = async (engine: Engine): Promise<Given> => ({ vpc: await makeVpc(engine) });

const withGroups = async (engine: Engine): Promise<Given> => {
  const vpc = await makeVpc(engine);
  return { vpc, group: await makeGroup(engine, vpc.id, "functions"), peer: await makeGroup(engine, vpc.id, "chroma") };
};

const withTables = async (engine: Engine): Promise<Given> => {
  const vpc = await makeVpc(engine);
  const table = (name: string) => engine.create("aws:ec2/routeTable:RouteTable", name, { vpcId: vpc.id });
  const subnet = await makeSubnet(engine, vpc.id, "10.20.1.0/24");
  const other = await makeSubnet(engine, vpc.id, "10.20.2.0/24");
  return { vpc, subnet, other, table: await table("one"), second: await table("two"), group: await makeGroup(engine, vpc.id, "endpoints") };
};

const chromaPort = { ipProtocol: "tcp", fromPort: 8000, toPort: 8000 };

const rows: ResourceCase[] = [
  {
    type: "aws:ec2/vpc:Vpc",
    inputs: () => ({ cidrBlock: "10.20.0.0/16", enableDnsHostnames: true, tags: { owner: "test" } }),
    outputs: () => ({ enableDnsSupport: true, enableDnsHostnames: true, ownerId: "000000000000", tagsAll: { owner: "test" } }),
    update: () => ({ cidrBlock: "10.20.0.0/16", enableDnsHostnames: false, tags: { tier: "critical" } }),
    replace: { because: "cidrBlock", inputs: () => ({ cidrBlock: "10.21.0.0/16" }) },
    drift: hijack,
  },
  {
    type: "aws:ec2/subnet:Subnet",
    prepare: withVpc,
    inputs: (given) => ({ vpcId: vpcOf(given), cidrBlock: "10.20.1.0/24", availabilityZone: `${region}b`, tags: { owner: "test" } }),
    outputs: () => ({ availabilityZone: `${region}b`, mapPublicIpOnLaunch: false }),
    update: (given) => ({ vpcId: vpcOf(given), cidrBlock: "10.20.1.0/24", availabilityZone: `${region}b`, mapPublicIpOnLaunch: true }),
    replace: {
      because: "cidrBlock",
      inputs: (given) => ({ vpcId: vpcOf(given), cidrBlock: "10.20.2.0/24", availabilityZone: `${region}b` }),
    },
    drift: hijack,
  },
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    prepare: withVpc,
    inputs: (given, unique) => ({ vpcId: vpcOf(given), name: unique, description: "Functions", tags: { owner: "test" } }),
    outputs: () => ({ ingress: [], egress: [] }),
    update: (given, unique) => ({ vpcId: vpcOf(given), name: unique, description: "Functions", tags: { owner: "other" } }),
    replace: { because: "description", inputs: (given, unique) => ({ vpcId: vpcOf(given), name: unique, description: "Other" }) },
    drift: hijack,
  },
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    about: "with its own rules",
    prepare: withVpc,
    inputs: (given, unique) => ({
      vpcId: vpcOf(given),
      name: unique,
      ingress: [
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.20.0.0/16", "10.30.0.0/16"], description: "from the VPCs" },
        { protocol: "tcp", fromPort: 443, toPort: 443, self: true },
      ],
      egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
    }),
    update: (given, unique) => ({
      vpcId: vpcOf(given),
      name: unique,
      ingress: [{ protocol: "tcp", fromPort: 8000, toPort: 8000, cidrBlocks: ["10.20.0.0/16"] }],
      egress: [],
    }),
    drift: async ({ id }) => {
      const IpPermissions = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
      await ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions }));
    },
    // AWS merges rules, so an import cannot know how they were written.
    notRead: ["ingress", "egress"],
  },
  {
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    prepare: withGroups,
    inputs: ({ group, peer }) => ({
      ...chromaPort,
      securityGroupId: peer?.id ?? "",
      referencedSecurityGroupId: group?.id ?? "",
      description: "Chroma",
      tags: { owner: "test" },
    }),
    update: ({ group, peer }) => ({
      ...chromaPort,
      toPort: 8001,
      securityGroupId: peer?.id ?? "",
      referencedSecurityGroupId: group?.id ?? "",
      description: "Chroma and its metrics",
    }),
    replace: {
      because: "securityGroupId",
      inputs: ({ group }) => ({ ...chromaPort, securityGroupId: group?.id ?? "", cidrIpv4: "10.20.0.0/16" }),
    },
    drift: hijack,
  },
  {
    type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    prepare: withGroups,
    inputs: ({ group }) => ({ ipProtocol: "-1", securityGroupId: group?.id ?? "", cidrIpv4: "0.0.0.0/0" }),
    update: ({ group }) => ({ ipProtocol: "tcp", fromPort: 443, toPort: 443, securityGroupId: group?.id ?? "", cidrIpv4: "0.0.0.0/0" }),
    replace: {
      because: "securityGroupId",
      inputs: ({ peer }) => ({ ipProtocol: "-1", securityGroupId: peer?.id ?? "", cidrIpv4: "0.0.0.0/0" }),
    },
    drift: async ({ id, outputs }) => {
      const SecurityGroupRule = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0" };
      const GroupId = String(outputs.securityGroupId);
      await ec2().send(
        new ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: id, SecurityGroupRule }] }),
      );
    },
  },
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    about: "gateway",
    prepare: withTables,
    inputs: ({ vpc, table }) => ({
      vpcId: vpc?.id ?? "",
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds: [table?.id ?? ""],
      tags: { owner: "test" },
    }),
    outputs: () => ({ vpcEndpointType: "Gateway", state: "available" }),
    update: ({ vpc, table, second }) => ({
      vpcId: vpc?.id ?? "",
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds: [table?.id ?? "", second?.id ?? ""],
    }),
    replace: {
      because: "serviceName",
      inputs: ({ vpc, table }) => ({
        vpcId: vpc?.id ?? "",
        serviceName: `com.amazonaws.${region}.dynamodb`,
        routeTableIds: [table?.id ?? ""],
      }),
    },
    drift: hijack,
  },
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    about: "interface",
    prepare: withTables,
    inputs: ({ vpc, subnet, group }) => ({
      vpcId: vpc?.id ?? "",
      serviceName: `com.amazonaws.${region}.monitoring`,
      vpcEndpointType: "Interface",
      subnetIds: [subnet?.id ?? ""],
      securityGroupIds: [group?.id ?? ""],
      privateDnsEnabled: true,
    }),
    update: ({ vpc, subnet, other, group }) => ({
      vpcId: vpc?.id ?? "",
      serviceName: `com.amazonaws.${region}.monitoring`,
      vpcEndpointType: "Interface",
      subnetIds: [subnet?.id ?? "", other?.id ?? ""],
      securityGroupIds: [group?.id ?? ""],
      privateDnsEnabled: true,
    }),
    drift: hijack,
    notRead: ["securityGroupIds", "privateDnsEnabled"],
  },
  {
    type: "aws:ec2/routeTable:RouteTable",
    prepare: withVpc,
    inputs: (given) => ({ vpcId: vpcOf(given), tags: { owner: "test" } }),
    outputs: () => ({ routes: [] }),
    update: (given) => ({ vpcId: vpcOf(given), routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-0123456789abcdef0" }] }),
    replace: { because: "vpcId", inputs: () => ({ vpcId: "vpc-0123456789abcdef0" }) },
    drift: hijack,
  },
  {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    prepare: withTables,
    inputs: ({ subnet, table }) => ({ subnetId: subnet?.id ?? "", routeTableId: table?.id ?? "" }),
    update: ({ subnet, second }) => ({ subnetId: subnet?.id ?? "", routeTableId: second?.id ?? "" }),
    replace: { because: "subnetId", inputs: ({ other, table }) => ({ subnetId: other?.id ?? "", routeTableId: table?.id ?? "" }) },
    drift: { none: "shown by the update, after which the association has another id" },
  },
];

describeResources(aws.plugin, ec2Resources, rows);

test("a new security group lets nothing out that is not written", async () => {
  const engine = aws.plugin();
  const vpc = await makeVpc(engine);

  const group = await makeGroup(engine, vpc.id, "silent");

  expect(group.outputs.egress).toEqual([]);
  await engine.delete(group);
  await engine.delete(vpc);
});

test("an interface endpoint takes no route tables", async () => {
  const inputs = { vpcId: "vpc-1", serviceName: "s", vpcEndpointType: "Interface", routeTableIds: ["rtb-1"] };

  await expect(aws.plugin().check("aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", inputs)).rejects.toThrow(
    "routeTableIds: does not belong to an endpoint of type Interface",
  );
});
