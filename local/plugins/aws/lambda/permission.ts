import { AddPermissionCommand, FunctionUrlAuthType, GetPolicyCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text } from "../../protocol/values";
import { finishCreation } from "../answers";
import { choice } from "../choice";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { functionName } from "./identity";
import { statementOf } from "./statement";

const clientOf = (context: AwsContext, properties: Properties) => context.client(LambdaClient, regionOf(context, properties));

/** By what `pulumi import` names a permission: `function/statement` or `function:qualifier/statement`. */
function idOf(inputs: Properties): string {
  const qualifier = text(inputs, "qualifier");
  const owner = functionName(requiredText(inputs, "function"));
  return `${qualifier === undefined ? owner : `${owner}:${qualifier}`}/${requiredText(inputs, "statementId")}`;
}

function placeOf(id: string, state: Properties): { readonly function: string; readonly qualifier?: string; readonly sid: string } {
  const slash = id.lastIndexOf("/");
  const known = text(state, "function");
  if (known !== undefined) return { function: known, qualifier: text(state, "qualifier"), sid: id.slice(slash + 1) };
  const owner = id.slice(0, slash);
  const qualifier = owner.startsWith("arn:") ? owner.split(":")[7] : owner.split(":")[1];
  return { function: functionName(owner), qualifier, sid: id.slice(slash + 1) };
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const place = placeOf(id, state);
  const policy = await unlessGone(
    clientOf(context, state).send(new GetPolicyCommand({ FunctionName: place.function, Qualifier: place.qualifier })),
    "ResourceNotFoundException",
  );
  const statement = statementOf(policy?.Policy, place.sid, text(state, "principal"));
  if (statement === undefined) return undefined;
  const inputs = compact({
    ...statement,
    region: regionOf(context, state),
    function: place.function,
    qualifier: place.qualifier,
    statementId: place.sid,
  });
  return { inputs, outputs: inputs };
};

const replaces = { replaces: true };

export const permission: ResourceHandler<AwsContext> = {
  type: "aws:lambda/permission:Permission",
  inputs: {
    ...regionInput,
    action: { required: true, replaces: true },
    function: { required: true, replaces: true },
    principal: { required: true, replaces: true },
    statementId: replaces,
    qualifier: replaces,
    sourceArn: replaces,
    sourceAccount: replaces,
    principalOrgId: replaces,
    functionUrlAuthType: replaces,
    eventSourceToken: replaces,
  },
  autoName: { property: "statementId", maxLength: 100 },
  identity: ["region", "function", "qualifier", "statementId"],
  computed: [],
  configured: regionFromProvider,

  async create(context, inputs) {
    await clientOf(context, inputs).send(
      new AddPermissionCommand({
        FunctionName: requiredText(inputs, "function"),
        Qualifier: text(inputs, "qualifier"),
        StatementId: requiredText(inputs, "statementId"),
        Action: requiredText(inputs, "action"),
        Principal: requiredText(inputs, "principal"),
        SourceArn: text(inputs, "sourceArn"),
        SourceAccount: text(inputs, "sourceAccount"),
        PrincipalOrgID: text(inputs, "principalOrgId"),
        FunctionUrlAuthType: choice(inputs, "functionUrlAuthType", FunctionUrlAuthType),
        EventSourceToken: text(inputs, "eventSourceToken"),
      }),
    );
    return finishCreation(read, context, idOf(inputs), inputs);
  },

  read,

  async delete(context, id, state) {
    const { function: name, qualifier, sid } = placeOf(id, state);
    const request = new RemovePermissionCommand({ FunctionName: name, Qualifier: qualifier, StatementId: sid });
    await unlessGone(clientOf(context, state).send(request), "ResourceNotFoundException");
  },
};
