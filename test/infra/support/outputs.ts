import { z } from "zod";

export const ACCOUNT = "123456789012";
/** What every password is drawn as, so that a place where it stands in the open shows. */
export const PASSWORD = "AQuiteSecretPasswordOf32Letters!";
/** The master user of what a database is restored from. */
export const SOURCE_USERNAME = "source_user";

const Inputs = z.record(z.string(), z.unknown());
const Named = z.object({ name: z.string() });

/** A name that no two resources share and that tells its region, so that a reference to the wrong region shows. */
const arn = (service: string, region: string, resource: string): string => `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;

type Computed = (inputs: Readonly<Record<string, unknown>>, name: string, region: string) => Readonly<Record<string, unknown>>;

const nameOf = (inputs: unknown): string => Named.parse(inputs).name;

/** What AWS or Kubernetes computes, as far as the program reads it. */
const COMPUTED: Readonly<Record<string, Computed>> = {
  "aws:s3/bucket:Bucket": ({ bucket }) => ({ arn: `arn:aws:s3:::${bucket}` }),
  "aws:kms/key:Key": (_inputs, name, region) => ({ keyId: `${region}-${name}`, arn: arn("kms", region, `key/${region}-${name}`) }),
  "aws:iam/role:Role": (inputs) => ({ arn: `arn:aws:iam::${ACCOUNT}:role/${nameOf(inputs)}` }),
  "aws:lambda/function:Function": (inputs, _name, region) => ({ arn: arn("lambda", region, `function:${nameOf(inputs)}`) }),
  "aws:sfn/stateMachine:StateMachine": (inputs, _name, region) => ({ arn: arn("states", region, `stateMachine:${nameOf(inputs)}`) }),
  "aws:sns/topic:Topic": (inputs, _name, region) => ({ arn: arn("sns", region, nameOf(inputs)) }),
  "aws:cloudwatch/eventRule:EventRule": (inputs, _name, region) => ({ arn: arn("events", region, `rule/${nameOf(inputs)}`) }),
  "aws:rds/instance:Instance": ({ identifier, username }, _name, region) => ({
    arn: arn("rds", region, `db:${identifier}`),
    address: `${identifier}.${region}.rds.example`,
    // A restore brings its source's user.
    username: username ?? SOURCE_USERNAME,
  }),
  "aws:backup/vault:Vault": (inputs, _name, region) => ({ arn: arn("backup", region, `backup-vault:${nameOf(inputs)}`) }),
  "aws:ec2/eip:Eip": (_inputs, name) => ({ allocationId: `eipalloc-${name}` }),
  "aws:eks/cluster:Cluster": ({ vpcConfig }, name, region) => ({
    endpoint: `https://${name}.${region}.eks.example`,
    certificateAuthority: { data: "YXV0aG9yaXR5" },
    vpcConfig: { ...Inputs.parse(vpcConfig), vpcId: `vpc-${name}`, clusterSecurityGroupId: `sg-${name}` },
  }),
  "aws:secretsmanager/secret:Secret": (inputs, _name, region) => ({
    arn: arn("secretsmanager", region, `secret:${nameOf(inputs)}-AbCdEf`),
  }),
  "aws:secretsmanager/secretVersion:SecretVersion": () => ({ versionId: "v1" }),
  "random:index/randomPassword:RandomPassword": () => ({ result: PASSWORD }),
  "kubernetes:core/v1:Service": (_inputs, name, context) => ({
    status: { loadBalancer: { ingress: [{ hostname: `${name}.${context}.internal` }] } },
  }),
  "random:index/randomId:RandomId": () => ({ hex: "0a1b2c3d" }),
};

/** A resource's id and outputs once it exists. A provider's id is its place, which its resources' references then carry. */
export const outputsOf = (type: string, name: string, given: unknown, place: string): { id: string; state: Record<string, unknown> } => {
  const inputs = Inputs.parse(given);
  if (type.startsWith("pulumi:providers:")) return { id: String(inputs.region ?? inputs.context), state: inputs };
  return { id: `${place}/${name}`, state: { ...inputs, ...COMPUTED[type]?.(inputs, name, place) } };
};
