import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  type Filter,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  paginateListSecrets,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { SecretRecord } from "../../recovery/configuration/records";
import { SECRETS } from "../../recovery/configuration/subjects";
import type { SecretSelection } from "./settings";
import type { Listed, RecordSource } from "./source";

export interface SecretSource extends RecordSource {
  /** Names of those that the last listing found without a copy in the region that is in step; undefined while none was made. */
  withoutReplicaIn(region: string): readonly string[] | undefined;
}

/** The chosen secrets of the client's region. Those that are about to be deleted are none: they cannot be read any more. */
export const secretsOf = (client: SecretsManagerClient, region: string, selection: SecretSelection): SecretSource => {
  let described: readonly DescribeSecretCommandOutput[] | undefined;
  return {
    subject: SECRETS,
    kind: "secrets",
    region,
    async list() {
      const arns = await arnsOf(client, selection);
      const found: DescribeSecretCommandOutput[] = [];
      for (const SecretId of arns) found.push(await client.send(new DescribeSecretCommand({ SecretId })));
      const present = found.filter(({ DeletedDate }) => DeletedDate === undefined);
      described = present;
      return present.map(listed);
    },
    read: (one) =>
      readSecret(
        client,
        one,
        described?.find(({ Name }) => Name === one.name),
      ),
    withoutReplicaIn: (recoveryRegion) =>
      described?.filter((secret) => !hasReplica(secret, recoveryRegion)).flatMap(({ Name }) => Name ?? []),
  };
};

/** A replica of a secret of that region counts as its copy as well. */
const hasReplica = ({ ReplicationStatus = [], PrimaryRegion }: DescribeSecretCommandOutput, region: string): boolean =>
  PrimaryRegion === region || ReplicationStatus.some(({ Region, Status }) => Region === region && Status === "InSync");

const arnsOf = async (client: SecretsManagerClient, { prefixes, tags }: SecretSelection): Promise<readonly string[]> => {
  const arns = new Set<string>();
  const choose = async (Filters: Filter[], chosen: (name: string, tags: Readonly<Record<string, string>>) => boolean): Promise<void> => {
    // The filters match more than they are meant to: upper and lower case, and any tag's key with any tag's value.
    for await (const { SecretList = [] } of paginateListSecrets({ client }, { Filters, MaxResults: 100 }))
      for (const { ARN, Name = "", Tags = [] } of SecretList) if (ARN !== undefined && chosen(Name, tagMap(Tags))) arns.add(ARN);
  };
  for (const prefix of prefixes) await choose([{ Key: "name", Values: [prefix] }], (name) => name.startsWith(prefix));
  for (const [key, value] of Object.entries(tags))
    await choose(
      [
        { Key: "tag-key", Values: [key] },
        { Key: "tag-value", Values: [value] },
      ],
      (_name, tagged) => tagged[key] === value,
    );
  return [...arns].sort();
};

const tagMap = (tags: readonly { readonly Key?: string; readonly Value?: string }[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

const versionsOf = ({ VersionIdsToStages = {} }: DescribeSecretCommandOutput) =>
  Object.entries(VersionIdsToStages)
    // Without a label a version is deprecated, and Secrets Manager may delete it.
    .filter(([, stages]) => stages.length > 0)
    .map(([id, stages]) => ({ id, stages: [...stages].sort() }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

const listed = (secret: DescribeSecretCommandOutput): Listed => {
  const versions = versionsOf(secret);
  const { Name = "", ARN, KmsKeyId, Description, Tags = [], LastChangedDate } = secret;
  return { name: Name, versions, fingerprint: JSON.stringify([ARN, versions, KmsKeyId, Description, tagMap(Tags), LastChangedDate]) };
};

const readSecret = async (
  client: SecretsManagerClient,
  { name, versions }: Listed,
  described: DescribeSecretCommandOutput | undefined,
): Promise<SecretRecord> => {
  const SecretId = described?.ARN ?? name;
  const values: SecretRecord["versions"] = [];
  for (const { id, stages } of versions) {
    const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId, VersionId: id }));
    values.push({
      ...{ id, stages },
      ...(SecretString === undefined ? {} : { text: SecretString }),
      ...(SecretBinary === undefined ? {} : { bytes: Buffer.from(SecretBinary).toString("base64") }),
    });
  }
  const { ResourcePolicy } = await client.send(new GetResourcePolicyCommand({ SecretId }));
  const { Description, KmsKeyId, Tags = [], RotationEnabled, RotationLambdaARN, RotationRules } = described ?? {};
  return {
    kind: "secret",
    name,
    ...(Description === undefined || Description === "" ? {} : { description: Description }),
    ...(KmsKeyId === undefined || KmsKeyId === "" ? {} : { kmsKeyId: KmsKeyId }),
    // Names that begin with aws: are AWS's own, and nobody else may give them.
    tags: Object.fromEntries(Object.entries(tagMap(Tags)).filter(([key]) => !key.startsWith("aws:"))),
    ...(ResourcePolicy === undefined || ResourcePolicy === "" ? {} : { resourcePolicy: ResourcePolicy }),
    ...(RotationEnabled === true
      ? {
          rotation: {
            ...(RotationLambdaARN === undefined ? {} : { functionArn: RotationLambdaARN }),
            schedule: RotationRules?.ScheduleExpression ?? `${RotationRules?.AutomaticallyAfterDays ?? 0} days`,
          },
        }
      : {}),
    versions: values,
  };
};
