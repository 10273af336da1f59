import { CreateSecurityGroupCommand, DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { createSurroundings } from "../../local/rds";
import { primary, recovery, root, startTestAws } from "./support/emulator";

it("looks keys, subnets and security groups up as the emulator has them, each in its own region", async () => {
  const aws = await startTestAws({ lagSeconds: 0 });
  try {
    const surroundings = createSurroundings({ ministackUrl: aws.ministack.url, rootCredentials: root });
    const client = { endpoint: aws.ministack.url, region: primary, credentials: root };
    const [ec2, kms] = [new EC2Client(client), new KMSClient(client)];
    const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: "alias/databases", TargetKeyId: key?.KeyId }));
    const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({}));
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { GroupId = "" } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: "g", Description: "d", VpcId: vpc?.VpcId }));
    const first = Subnets[0]?.SubnetId ?? "";

    const keys = await Promise.all(
      [key?.KeyId ?? "", key?.Arn ?? "", "alias/databases", "alias/none"].map((id) => surroundings.keyArn(primary, id)),
    );
    expect(keys).toEqual([key?.Arn, key?.Arn, key?.Arn, undefined]);
    expect(await surroundings.keyArn(recovery, key?.KeyId ?? "")).toBeUndefined();
    await kms.send(new DisableKeyCommand({ KeyId: key?.KeyId }));
    expect(await surroundings.keyArn(primary, key?.KeyId ?? "")).toBeUndefined();
    expect(await surroundings.subnets(primary, [first, "subnet-none"])).toEqual([
      { id: first, vpcId: vpc?.VpcId, availabilityZone: Subnets[0]?.AvailabilityZone },
    ]);
    expect((await surroundings.defaultSubnets(primary)).map(({ id }) => id)).toEqual(Subnets.map(({ SubnetId }) => SubnetId));
    expect(await surroundings.securityGroups(primary, [GroupId, "sg-none"])).toEqual(new Map([[GroupId, vpc?.VpcId]]));
    expect(await surroundings.defaultSecurityGroup(primary, vpc?.VpcId ?? "")).toMatch(/^sg-/);
  } finally {
    await aws.stop();
  }
});
