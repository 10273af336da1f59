import { AttachRolePolicyCommand, DetachRolePolicyCommand, paginateListAttachedRolePolicies } from "@aws-sdk/client-iam";
import type { ResourceHandler } from "../../protocol/resource";
import { requiredText } from "../../protocol/values";
import { isNamed, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { iam } from "./client";

/** An attachment's id is `role/policyArn`, as `pulumi import` of the official plugin takes it. */
function placeOf(id: string): { readonly RoleName: string; readonly PolicyArn: string } {
  const at = id.indexOf("/");
  return { RoleName: id.slice(0, at), PolicyArn: id.slice(at + 1) };
}

async function isAttached(context: AwsContext, id: string): Promise<boolean> {
  const { RoleName, PolicyArn } = placeOf(id);
  try {
    for await (const page of paginateListAttachedRolePolicies({ client: iam(context) }, { RoleName })) {
      if (page.AttachedPolicies?.some((policy) => policy.PolicyArn === PolicyArn)) return true;
    }
    return false;
  } catch (thrown) {
    if (isNamed(thrown, "NoSuchEntityException")) return false;
    throw thrown;
  }
}

export const rolePolicyAttachment: ResourceHandler<AwsContext> = {
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  inputs: { role: { required: true, replaces: true }, policyArn: { required: true, replaces: true } },
  computed: [],
  async create(context, inputs, abortSignal) {
    const [RoleName, PolicyArn] = [requiredText(inputs, "role"), requiredText(inputs, "policyArn")];
    await iam(context).send(new AttachRolePolicyCommand({ RoleName, PolicyArn }), { abortSignal });
    return { id: `${RoleName}/${PolicyArn}`, outputs: inputs };
  },
  async read(context, id) {
    if (!(await isAttached(context, id))) return undefined;
    const { RoleName, PolicyArn } = placeOf(id);
    const inputs = { role: RoleName, policyArn: PolicyArn };
    return { inputs, outputs: inputs };
  },
  async delete(context, id) {
    await unlessGone(iam(context).send(new DetachRolePolicyCommand(placeOf(id))), "NoSuchEntityException");
  },
};
