import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { unlessGone } from "../common";
import type { AwsContext } from "../context";
import { document, documentFailures, documentRead } from "../documents";
import { decoded, iam } from "./client";

/** An inline policy's id is `role:name`. */
function placeOf(id: string): { readonly RoleName: string; readonly PolicyName: string } {
  const at = id.indexOf(":");
  return { RoleName: id.slice(0, at), PolicyName: id.slice(at + 1) };
}

const put = (context: AwsContext, inputs: Properties, abortSignal: AbortSignal) =>
  iam(context).send(
    new PutRolePolicyCommand({
      RoleName: requiredText(inputs, "role"),
      PolicyName: requiredText(inputs, "name"),
      PolicyDocument: document(inputs, "policy"),
    }),
    { abortSignal },
  );

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const place = placeOf(id);
  const found = await unlessGone(iam(context).send(new GetRolePolicyCommand(place)), "NoSuchEntityException");
  if (found === undefined) return undefined;
  const policy = documentRead(state, "policy", decoded(found.PolicyDocument));
  const inputs = compact({ role: place.RoleName, name: place.PolicyName, policy });
  return { inputs, outputs: inputs };
};

export const rolePolicy: ResourceHandler<AwsContext> = {
  type: "aws:iam/rolePolicy:RolePolicy",
  inputs: {
    name: { replaces: true },
    role: { required: true, replaces: true },
    policy: { required: true, compareAs: "json" },
  },
  autoName: { property: "name", maxLength: 128 },
  identity: ["name", "role"],
  computed: [],
  check: (inputs) => documentFailures(inputs, "policy"),
  async create(context, inputs, signal) {
    await put(context, inputs, signal);
    return finishCreation(read, context, `${requiredText(inputs, "role")}:${requiredText(inputs, "name")}`, inputs);
  },
  read,
  async update(context, id, _olds, news, signal) {
    await put(context, news, signal);
    return outputsOf(read, context, id, news);
  },
  async delete(context, id) {
    await unlessGone(iam(context).send(new DeleteRolePolicyCommand(placeOf(id))), "NoSuchEntityException");
  },
};
