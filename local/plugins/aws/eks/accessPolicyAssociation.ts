import {
  type AccessScope,
  AssociateAccessPolicyCommand,
  DisassociateAccessPolicyCommand,
  EKSClient,
  ListAssociatedAccessPoliciesCommand,
} from "@aws-sdk/client-eks";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, isList, isRecord, requiredText } from "../../protocol/values";
import { finishCreation } from "../answers";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";

const clientOf = (context: AwsContext, properties: Properties) => context.client(EKSClient, regionOf(context, properties));
const GONE = "ResourceNotFoundException";

const named = (properties: Properties) => ({
  clusterName: requiredText(properties, "clusterName"),
  principalArn: requiredText(properties, "principalArn"),
  policyArn: requiredText(properties, "policyArn"),
});

const read: ResourceHandler<AwsContext>["read"] = async (context, _id, state) => {
  const { policyArn, ...entry } = named(state);
  const listed = await unlessGone(clientOf(context, state).send(new ListAssociatedAccessPoliciesCommand(entry)), GONE);
  const found = listed?.associatedAccessPolicies?.find((each) => each.policyArn === policyArn);
  if (found === undefined) return undefined;
  const { type, namespaces = [] } = found.accessScope ?? {};
  const accessScope = compact({ type, namespaces: namespaces.length === 0 ? undefined : namespaces });
  const inputs = compact({ region: regionOf(context, state), ...entry, policyArn, accessScope });
  return { inputs, outputs: inputs };
};

const scopeOf = (inputs: Properties): AccessScope => {
  const scope = inputs.accessScope;
  if (!isRecord(scope) || (scope.type !== "cluster" && scope.type !== "namespace"))
    throw new LifeboatError({
      code: "unsupported",
      what: "An access policy has a scope",
      received: JSON.stringify(scope),
      allowed: "type cluster, or namespace with namespaces",
      hint: "Look at the program's accessScope",
    });
  return { type: scope.type, ...(isList(scope.namespaces) ? { namespaces: scope.namespaces.map(String) } : {}) };
};

export const accessPolicyAssociation: ResourceHandler<AwsContext> = {
  type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
  inputs: {
    ...regionInput,
    clusterName: { required: true, replaces: true },
    principalArn: { required: true, replaces: true },
    policyArn: { required: true, replaces: true },
    accessScope: { required: true, replaces: true },
  },
  // A policy is associated with an entry once.
  identity: ["clusterName", "principalArn", "policyArn"],
  computed: [],
  configured: regionFromProvider,

  async create(context, inputs) {
    const asked = named(inputs);
    await clientOf(context, inputs).send(new AssociateAccessPolicyCommand({ ...asked, accessScope: scopeOf(inputs) }));
    return finishCreation(read, context, `${asked.clusterName}#${asked.principalArn}#${asked.policyArn}`, inputs);
  },

  read,

  async delete(context, _id, state) {
    await unlessGone(clientOf(context, state).send(new DisassociateAccessPolicyCommand(named(state))), GONE);
  },
};
