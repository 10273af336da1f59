import {
  CreateDBParameterGroupCommand,
  DeleteDBParameterGroupCommand,
  DescribeDBParameterGroupsCommand,
  ListTagsForResourceCommand,
  ModifyDBParameterGroupCommand,
  type Parameter,
  paginateDescribeDBParameters,
  type RDSClient,
  ResetDBParameterGroupCommand,
} from "@aws-sdk/client-rds";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, records, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf, unlessEmpty } from "../answers";
import {
  allTags,
  isNamed,
  kept,
  regionFromProvider,
  regionInput,
  regionOf,
  tagList,
  tagMap,
  tagsInput,
  tagsRead,
  unlessGone,
} from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { named, notLowercase, rds, tagging } from "./client";
import { parameterChanges, parametersRead } from "./parameters";
import { until } from "./polling";

const gone = named("DBParameterGroupNotFound");
const stillUsed = named("InvalidDBParameterGroupState");
/** The official plugin's patience with instances that are being deleted and still hold the group. */
const deletionTimeoutSeconds = 3 * 60;

async function parametersOf(client: RDSClient, id: string, state: Properties): Promise<Parameter[]> {
  // Of a group whose parameters are not known only those are asked for that somebody set, not the hundreds that the engine has.
  const Source = records(state, "parameters").length === 0 ? "user" : undefined;
  const found: Parameter[] = [];
  for await (const page of paginateDescribeDBParameters({ client }, { DBParameterGroupName: id, Source }))
    found.push(...(page.Parameters ?? []));
  return found;
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = rds(context, state);
  const answer = await unlessGone(client.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: id })), ...gone);
  const found = answer?.DBParameterGroups?.find((group) => group.DBParameterGroupName === id);
  if (found === undefined) return undefined;
  const tags = tagMap((await client.send(new ListTagsForResourceCommand({ ResourceName: found.DBParameterGroupArn }))).TagList);
  const inputs = compact({
    ...kept(state, "skipDestroy"),
    region: regionOf(context, state),
    name: found.DBParameterGroupName,
    description: found.Description,
    family: found.DBParameterGroupFamily,
    parameters: unlessEmpty(state, "parameters", parametersRead(await parametersOf(client, id, state), state)),
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...inputs, arn: found.DBParameterGroupArn, namePrefix: "", tagsAll: tags }) };
};

async function setParameters(client: RDSClient, DBParameterGroupName: string, olds: Properties, news: Properties): Promise<void> {
  const { modify, reset } = parameterChanges(olds, news);
  for (const Parameters of modify) await client.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName, Parameters }));
  for (const Parameters of reset) {
    await client.send(new ResetDBParameterGroupCommand({ DBParameterGroupName, Parameters, ResetAllParameters: false }));
  }
}

export const parameterGroup: ResourceHandler<AwsContext> = {
  type: "aws:rds/parameterGroup:ParameterGroup",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    description: { default: "Managed by Pulumi", replaces: true },
    family: { required: true, replaces: true },
    parameters: {
      compareAs: "set",
      fields: { name: { required: true }, value: { required: true }, applyMethod: { default: "immediate" } },
    },
    skipDestroy: { default: false },
  },
  autoName: { property: "name", maxLength: 255, lowercase: true },
  computed: ["arn", "namePrefix", "tagsAll"],
  configured: regionFromProvider,

  check: (inputs) => notLowercase("name", text(inputs, "name")),

  async create(context, inputs) {
    const client = rds(context, inputs);
    const name = requiredText(inputs, "name");
    const tags = tagList(allTags(context, inputs));
    await client.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: name,
        DBParameterGroupFamily: requiredText(inputs, "family"),
        Description: requiredText(inputs, "description"),
        Tags: tags.length === 0 ? undefined : tags,
      }),
    );
    return finishCreation(read, context, name, inputs, () => setParameters(client, name, {}, inputs));
  },

  read,

  async update(context, id, olds, news) {
    const client = rds(context, news);
    // A creation that was left unfinished has no ARN yet, and may have set none of its parameters.
    const before = olds.arn === undefined ? await outputsOf(read, context, id, { region: regionOf(context, news) }) : olds;
    await setParameters(client, id, before, news);
    await retag(context, olds, news, tagging(client, requiredText(before, "arn")));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    if (flag(state, "skipDestroy")) return;
    const client = rds(context, state);
    const remove = () => unlessGone(client.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: id })), ...gone);
    const unlessUsed = async (): Promise<true | undefined> => {
      try {
        await remove();
        return true;
      } catch (thrown) {
        if (isNamed(thrown, ...stillUsed)) return undefined;
        throw thrown;
      }
    };
    // The last attempt is made outside, so that its own error is what the operator reads.
    if ((await until(unlessUsed, { timeoutSeconds: deletionTimeoutSeconds })) === undefined) await remove();
  },
};
