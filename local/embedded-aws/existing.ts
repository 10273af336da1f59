import { CreateSecurityGroupCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { BucketLocationConstraint, CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { LifeboatError } from "../../recovery/errors";

/** Who sets up what the company has before Lifeboat comes. */
export interface Root {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The network of a cluster that exists. */
export interface ClusterNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

const given = (value: string | undefined, what: string): string => {
  if (value !== undefined) return value;
  throw new LifeboatError({ code: "internal", what: `The embedded AWS gave no ${what}`, hint: "Read MiniStack's log" });
};

/** A VPC with two subnets and the cluster's security group, as a company that runs Kubernetes has them in each region. */
export const createClusterNetwork = async (root: Root, region: string): Promise<ClusterNetwork> => {
  const ec2 = new EC2Client({ ...root, region });
  const vpcId = given((await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId, "VPC");
  const subnetIds: string[] = [];
  for (const [index, zone] of ["a", "b"].entries()) {
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `${region}${zone}` }),
    );
    subnetIds.push(given(Subnet?.SubnetId, "subnet"));
  }
  const group = await ec2.send(new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: "cluster", Description: "Cluster" }));
  ec2.destroy();
  return { vpcId, subnetIds, securityGroupId: given(group.GroupId, "security group") };
};

/** The bucket that a stack's state lies in. Each stack has its own, in its own region: the loss of one takes nothing from the other. */
export const createStateBucket = async (root: Root, region: string, bucket: string): Promise<void> => {
  const s3 = new S3Client({ ...root, region, forcePathStyle: true });
  // us-east-1 takes no LocationConstraint. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
  const location = Object.values(BucketLocationConstraint).find((known) => known === region);
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      ...(location === undefined ? {} : { CreateBucketConfiguration: { LocationConstraint: location } }),
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  s3.destroy();
};
