import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { awsFunctions } from "../../../local/plugins/aws/functions/index";
import type { WireObject } from "../../../local/plugins/protocol/wire";
import { otherRegion, region, useAws } from "./aws";

const aws = useAws([], awsFunctions);
const call = (token: string, args: WireObject = {}) => aws.plugin().invoke(token, args);

const keys = Array.from({ length: 1_005 }, (_, index) => `many/${String(index).padStart(4, "0")}`);

beforeAll(async () => {
  const s3 = aws.outside().client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: "catalogue" }));
  const point = JSON.stringify({ store: "chroma" });
  const Metadata = { sealed: "true" };
  await s3.send(
    new PutObjectCommand({
      Bucket: "catalogue",
      Key: "points/1.json",
      Body: point,
      ContentType: "application/json",
      Metadata,
      Tagging: "owner=test",
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket: "catalogue", Key: "points/1.bin", Body: "bytes", ContentType: "application/octet-stream" }));
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket: "catalogue", Key, Body: "x" }))));
}, 300_000);

describe("who and where", () => {
  test("the caller, the region and the partition", async () => {
    expect(await call("aws:index/getCallerIdentity:getCallerIdentity")).toMatchObject({ accountId: "000000000000", id: "000000000000" });
    expect(await call("aws:index/getRegion:getRegion")).toMatchObject({ region, name: region, id: region });
    expect(await call("aws:index/getRegion:getRegion", { region: otherRegion })).toMatchObject({ region: otherRegion });
    expect(await call("aws:index/getPartition:getPartition")).toMatchObject({ partition: "aws", dnsSuffix: "amazonaws.com" });
  });
});

describe("parameters", () => {
  test("are read in the region that is asked", async () => {
    const request = new PutParameterCommand({ Name: "/lifeboat/acme/vault", Type: "String", Value: "vault-1" });
    await aws.outside().client(SSMClient, otherRegion).send(request);

    const found = await call("aws:ssm/getParameter:getParameter", { name: "/lifeboat/acme/vault", region: otherRegion });

    expect(found).toMatchObject({ value: "vault-1", insecureValue: "vault-1", type: "String", version: 1, region: otherRegion });
  });

  test("that are not there are named, with the region", async () => {
    await expect(call("aws:ssm/getParameter:getParameter", { name: "/lifeboat/acme/none" })).rejects.toThrow(
      `AWS has no SSM parameter as asked. Received: name /lifeboat/acme/none, region ${region}.`,
    );
  });
});

describe("objects", () => {
  const getObject = "aws:s3/getObject:getObject";

  test("of JSON have their body, what is binary only when asked", async () => {
    const json = await call(getObject, { bucket: "catalogue", key: "points/1.json" });
    const binary = await call(getObject, { bucket: "catalogue", key: "points/1.bin" });
    const asked = await call(getObject, { bucket: "catalogue", key: "points/1.bin", downloadBody: "true" });

    expect(json).toMatchObject({ body: '{"store":"chroma"}', contentLength: 18, metadata: { sealed: "true" }, tags: { owner: "test" } });
    expect(binary).toMatchObject({ body: "", contentLength: 5 });
    expect(asked).toMatchObject({ body: "bytes", bodyBase64: "Ynl0ZXM=" });
  });

  test("that are not there are named", async () => {
    await expect(call(getObject, { bucket: "catalogue", key: "points/2.json" })).rejects.toThrow(
      /no S3 object as asked.*bucket catalogue, key points\/2\.json/,
    );
  });

  test.each(["aws:s3/getObjects:getObjects", "aws:s3/getBucketObjects:getBucketObjects"])(
    "are listed past one page by %s",
    async (token) => {
      const all = await call(token, { bucket: "catalogue", prefix: "many/", maxKeys: 2_000 });
      const some = await call(token, { bucket: "catalogue", prefix: "many/", startAfter: "many/1000", maxKeys: 3 });
      const folders = await call(token, { bucket: "catalogue", delimiter: "/" });

      expect(all.keys).toEqual(keys);
      expect(some.keys).toEqual(["many/1001", "many/1002", "many/1003"]);
      expect(folders).toMatchObject({ keys: [], commonPrefixes: ["many/", "points/"] });
    },
  );

  test("of a bucket that is not there are an error that names it", async () => {
    await expect(call("aws:s3/getObjects:getObjects", { bucket: "no-such-bucket" })).rejects.toThrow(
      /no S3 bucket as asked.*bucket no-such-bucket/,
    );
  });
});

describe("keys", () => {
  test("are found by id and by alias", async () => {
    const kms = aws.outside().client(KMSClient);
    const key = (await kms.send(new CreateKeyCommand({ MultiRegion: true, Description: "Backups" }))).KeyMetadata;
    await kms.send(new CreateAliasCommand({ AliasName: "alias/backups", TargetKeyId: key?.KeyId }));

    const byAlias = await call("aws:kms/getAlias:getAlias", { name: "alias/backups" });
    const byId = await call("aws:kms/getKey:getKey", { keyId: String(byAlias.targetKeyId) });

    expect(byAlias).toMatchObject({ targetKeyArn: key?.Arn, targetKeyId: key?.KeyId });
    expect(byId).toMatchObject({ arn: key?.Arn, multiRegion: true, keyState: "Enabled", description: "Backups" });
  });

  test("that are not there are named", async () => {
    await expect(call("aws:kms/getAlias:getAlias", { name: "alias/none" })).rejects.toThrow(/no KMS alias as asked.*name alias\/none/);
    await expect(call("aws:kms/getKey:getKey", { keyId: "00000000-0000-0000-0000-000000000000" })).rejects.toThrow(/no KMS key as asked/);
  });
});

describe("networks", () => {
  test("are found by id and by tag, and several or none are an error", async () => {
    const ec2 = aws.outside().client(EC2Client);
    const Tags = [{ Key: "system", Value: "acme" }];
    const made = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16", TagSpecifications: [{ ResourceType: "vpc", Tags }] }));
    const vpcId = made.Vpc?.VpcId ?? "";
    for (const CidrBlock of ["10.9.1.0/24", "10.9.2.0/24"]) await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock }));

    const byTag = await call("aws:ec2/getVpc:getVpc", { tags: { system: "acme" } });
    const subnet = await call("aws:ec2/getSubnet:getSubnet", { vpcId, cidrBlock: "10.9.2.0/24" });
    const subnets = await call("aws:ec2/getSubnets:getSubnets", { filters: [{ name: "vpc-id", values: [vpcId] }] });
    const group = await call("aws:ec2/getSecurityGroup:getSecurityGroup", { vpcId, name: "default" });

    expect(byTag).toMatchObject({ id: vpcId, cidrBlock: "10.9.0.0/16", default: false });
    expect(subnet).toMatchObject({ vpcId, cidrBlock: "10.9.2.0/24" });
    expect(subnets.ids).toHaveLength(2);
    expect(subnets.ids).toContain(subnet.id);
    expect(group).toMatchObject({ vpcId, name: "default" });
    await expect(call("aws:ec2/getSubnet:getSubnet", { vpcId })).rejects.toThrow("AWS has 2 subnets as asked");
    await expect(call("aws:ec2/getVpc:getVpc", { id: "vpc-00000000000000000" })).rejects.toThrow(/no VPC as asked.*vpc-00000000000000000/);
  });
});

describe("functions", () => {
  test("that are not there are named", async () => {
    await expect(call("aws:lambda/getFunction:getFunction", { functionName: "restore" })).rejects.toThrow(
      /no Lambda function as asked.*functionName restore/,
    );
  });
});
