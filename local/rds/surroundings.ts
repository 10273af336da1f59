import {
  DescribeSecurityGroupsCommand,
  type DescribeSecurityGroupsCommandInput,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
}

/** What RDS looks up in the region's other services before it accepts a request. */
export interface Surroundings {
  /** The ARN of an enabled key of the region, named by its id, its ARN or an alias. */
  keyArn(region: string, keyId: string): Promise<string | undefined>;
  /** Those of the subnets that exist. */
  subnets(region: string, subnetIds: readonly string[]): Promise<readonly Subnet[]>;
  /** The subnets of the region's default VPC. */
  defaultSubnets(region: string): Promise<readonly Subnet[]>;
  /** The VPC of each security group that exists. */
  securityGroups(region: string, groupIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  defaultSecurityGroup(region: string, vpcId: string): Promise<string | undefined>;
}

export interface SurroundingsOptions {
  /** MiniStack's own: RDS looks things up as a service, not through anybody's credentials. */
  readonly ministackUrl: string;
  readonly rootCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Keys, subnets and security groups as the emulator has them. Key policies are not consulted: AWS asks the caller's grants. */
export const createSurroundings = ({ ministackUrl, rootCredentials }: SurroundingsOptions): Surroundings => {
  const clientOptions = (region: string) => ({ endpoint: ministackUrl, region, credentials: rootCredentials });
  const ec2 = memoised((region) => new EC2Client(clientOptions(region)));
  const kms = memoised((region) => new KMSClient(clientOptions(region)));

  const subnetsOf = async (region: string, command: DescribeSubnetsCommand): Promise<readonly Subnet[]> => {
    const { Subnets = [] } = await ec2(region).send(command);
    return Subnets.map(({ SubnetId = "", VpcId = "", AvailabilityZone = "" }) => ({
      id: SubnetId,
      vpcId: VpcId,
      availabilityZone: AvailabilityZone,
    }));
  };
  const groupsOf = async (region: string, input: DescribeSecurityGroupsCommandInput): Promise<readonly (readonly [string, string])[]> => {
    const { SecurityGroups = [] } = await ec2(region).send(new DescribeSecurityGroupsCommand(input));
    return SecurityGroups.map(({ GroupId = "", VpcId = "" }) => [GroupId, VpcId] as const);
  };

  return {
    keyArn: async (region, keyId) => {
      const answer = await absentAsUndefined(kms(region).send(new DescribeKeyCommand({ KeyId: keyId })));
      return answer?.KeyMetadata?.Enabled === true ? answer.KeyMetadata.Arn : undefined;
    },
    // One by one, because EC2 refuses a whole list for one that is missing.
    subnets: async (region, ids) => {
      const asked = ids.map((id) => absentAsUndefined(subnetsOf(region, new DescribeSubnetsCommand({ SubnetIds: [id] }))));
      return (await Promise.all(asked)).flatMap((found) => found ?? []);
    },
    defaultSubnets: async (region) => {
      const byDefault = { Name: "is-default", Values: ["true"] };
      const { Vpcs = [] } = await ec2(region).send(new DescribeVpcsCommand({ Filters: [byDefault] }));
      const Values = Vpcs.flatMap(({ VpcId }) => VpcId ?? []);
      return Values.length === 0 ? [] : subnetsOf(region, new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values }] }));
    },
    securityGroups: async (region, ids) => {
      const asked = ids.map((id) => absentAsUndefined(groupsOf(region, { GroupIds: [id] })));
      return new Map((await Promise.all(asked)).flatMap((found) => found ?? []));
    },
    defaultSecurityGroup: async (region, vpcId) => {
      const ofVpc = { Name: "vpc-id", Values: [vpcId] };
      const [group] = await groupsOf(region, { Filters: [ofVpc, { Name: "group-name", Values: ["default"] }] });
      return group?.[0];
    },
  };
};

const memoised = <T>(make: (region: string) => T): ((region: string) => T) => {
  const made = new Map<string, T>();
  return (region) => {
    const existing = made.get(region) ?? make(region);
    made.set(region, existing);
    return existing;
  };
};

const absentAsUndefined = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof Error && /NotFound|Malformed/.test(thrown.name)) return undefined;
    throw thrown;
  }
};
