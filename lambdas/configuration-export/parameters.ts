import {
  GetParameterCommand,
  ListTagsForResourceCommand,
  type ParameterMetadata,
  paginateDescribeParameters,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { ParameterRecord } from "../../recovery/configuration/records";
import { PARAMETERS } from "../../recovery/configuration/subjects";
import { LifeboatError } from "../../recovery/errors";
import type { Listed, RecordSource } from "./source";

/** The parameters of the client's region whose names begin with one of the prefixes. */
export const parametersOf = (client: SSMClient, region: string, prefixes: readonly string[]): RecordSource => {
  let described = new Map<string, ParameterMetadata>();
  return {
    subject: PARAMETERS,
    kind: "parameters",
    region,
    async list() {
      const found = new Map<string, ParameterMetadata>();
      for (const prefix of prefixes) {
        const pages = paginateDescribeParameters(
          { client },
          { ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: [prefix] }], MaxResults: 50 },
        );
        for await (const { Parameters = [] } of pages)
          for (const parameter of Parameters) if (parameter.Name !== undefined) found.set(parameter.Name, parameter);
      }
      described = found;
      return [...found.values()].map(listed).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    read: (one) => readParameter(client, one, described.get(one.name)),
  };
};

const listed = ({
  Name = "",
  Type,
  Version = 0,
  LastModifiedDate,
  KeyId,
  Description,
  Tier,
  AllowedPattern,
  DataType,
}: ParameterMetadata): Listed => ({
  name: Name,
  versions: [{ id: String(Version), stages: [] }],
  fingerprint: JSON.stringify([Type, Version, LastModifiedDate, KeyId, Description, Tier, AllowedPattern, DataType]),
});

const readParameter = async (
  client: SSMClient,
  { name, versions }: Listed,
  metadata: ParameterMetadata | undefined,
): Promise<ParameterRecord> => {
  const { Parameter: parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  if (parameter === undefined || String(parameter.Version) !== versions[0]?.id)
    throw otherVersion(name, versions[0]?.id, parameter?.Version);
  const { TagList = [] } = await client.send(new ListTagsForResourceCommand({ ResourceType: "Parameter", ResourceId: name }));
  const given = (field: string, value: string | undefined) => (value === undefined || value === "" ? {} : { [field]: value });
  return ParameterRecord.parse({
    kind: "parameter",
    name,
    type: parameter.Type,
    value: parameter.Value,
    version: parameter.Version,
    ...given("description", metadata?.Description),
    ...given("kmsKeyId", metadata?.KeyId),
    ...given("tier", metadata?.Tier),
    ...given("dataType", metadata?.DataType),
    ...given("allowedPattern", metadata?.AllowedPattern),
    tags: Object.fromEntries(TagList.flatMap(({ Key = "", Value = "" }) => (Key.startsWith("aws:") ? [] : [[Key, Value]]))),
  });
};

const otherVersion = (name: string, wanted: string | undefined, found: number | undefined): LifeboatError =>
  new LifeboatError({
    code: "short-export",
    what: `The parameter ${name} is not what was listed`,
    received: found === undefined ? "none of this name" : `version ${found}`,
    allowed: `version ${wanted}`,
    hint: "The next run exports it",
  });
