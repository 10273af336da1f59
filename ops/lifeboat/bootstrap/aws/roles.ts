import {
  CreateRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  NoSuchEntityException,
  PutRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import type { DeployRoles } from "../ports";

/** The inline policy of a deploy role that is ours. */
const POLICY_NAME = "lifeboat-deploy";

export const iamRoles = (client: IAMClient): DeployRoles => ({
  async find(role) {
    const found = await unlessAbsent(client.send(new GetRoleCommand({ RoleName: role })));
    if (found?.Role === undefined) return undefined;
    const [inline, attached, ours] = await Promise.all([
      inlineNames(client, role),
      attachedNames(client, role),
      unlessAbsent(client.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: POLICY_NAME }))),
    ]);
    return {
      arn: found.Role.Arn ?? "",
      trust: decoded(found.Role.AssumeRolePolicyDocument ?? ""),
      ...(ours?.PolicyDocument === undefined ? {} : { policy: decoded(ours.PolicyDocument) }),
      others: [...inline.filter((name) => name !== POLICY_NAME), ...attached],
    };
  },

  create: async (role, trust, description) =>
    void (await client.send(new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument: trust, Description: description }))),
  putTrust: async (role, trust) => void (await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument: trust }))),
  putPolicy: async (role, policy) =>
    void (await client.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: POLICY_NAME, PolicyDocument: policy }))),
});

/** IAM gives documents URL-encoded: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
const decoded = (text: string): string => (text.startsWith("%7B") ? decodeURIComponent(text) : text);

const unlessAbsent = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
  }
};

const inlineNames = async (client: IAMClient, role: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName: role })) names.push(...PolicyNames);
  return names;
};

const attachedNames = async (client: IAMClient, role: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName: role }))
    names.push(...AttachedPolicies.flatMap(({ PolicyName }) => PolicyName ?? []));
  return names;
};
