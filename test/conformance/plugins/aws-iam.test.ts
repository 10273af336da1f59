import { DeleteRolePolicyCommand, DetachRolePolicyCommand, UpdateRoleCommand } from "@aws-sdk/client-iam";
import { iam } from "../../../local/plugins/aws/iam/client";
import { iamResources } from "../../../local/plugins/aws/iam/index";
import { useAws } from "./aws";
import type { Engine } from "./engine";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws(iamResources);

const trust = (service: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }] });
const policy = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: [action], Resource: "*" }] });

const oneRole = async (engine: Engine, unique: string): Promise<Given> => ({
  role: await engine.create("aws:iam/role:Role", "given", { name: unique, assumeRolePolicy: trust("lambda.amazonaws.com") }),
});
const roleOf = (given: Given): string => given.role?.id ?? "";
const managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

const rows: ResourceCase[] = [
  {
    type: "aws:iam/role:Role",
    inputs: (_, unique) => ({ name: unique, assumeRolePolicy: trust("lambda.amazonaws.com"), description: "seals", tags: { a: "1" } }),
    outputs: (_, unique) => ({ arn: `arn:aws:iam::000000000000:role/${unique}`, maxSessionDuration: 3600, tagsAll: { a: "1" } }),
    update: (_, unique) => ({ name: unique, assumeRolePolicy: trust("s3.amazonaws.com"), maxSessionDuration: 7200, tags: { b: "2" } }),
    replace: {
      because: "path",
      inputs: (_, unique) => ({ name: unique, path: "/lifeboat/", assumeRolePolicy: trust("lambda.amazonaws.com") }),
    },
    drift: async ({ id }) => {
      await iam(aws.outside()).send(new UpdateRoleCommand({ RoleName: id, Description: "changed outside" }));
    },
  },
  {
    type: "aws:iam/rolePolicy:RolePolicy",
    prepare: oneRole,
    inputs: (given) => ({ role: roleOf(given), name: "work", policy: policy("s3:GetObject") }),
    update: (given) => ({ role: roleOf(given), name: "work", policy: policy("s3:PutObject") }),
    replace: { because: "name", inputs: (given) => ({ role: roleOf(given), name: "other", policy: policy("s3:GetObject") }) },
    drift: async ({ inputs }) => {
      await iam(aws.outside()).send(new DeleteRolePolicyCommand({ RoleName: String(inputs.role), PolicyName: "work" }));
    },
  },
  {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    prepare: oneRole,
    inputs: (given) => ({ role: roleOf(given), policyArn: managed }),
    replace: { because: "policyArn", inputs: (given) => ({ role: roleOf(given), policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }) },
    drift: async ({ inputs }) => {
      await iam(aws.outside()).send(new DetachRolePolicyCommand({ RoleName: String(inputs.role), PolicyArn: managed }));
    },
  },
];

describeResources(aws.plugin, iamResources, rows);

test("a policy that is no JSON is refused by its name, before IAM is asked", async () => {
  const inputs = { role: "any", policy: "{ not json" };
  await expect(aws.plugin().check("aws:iam/rolePolicy:RolePolicy", "subject", inputs)).rejects.toThrow("policy: policy is no valid JSON");
});

test("documents compare by content", async () => {
  const inputs = { assumeRolePolicy: trust("lambda.amazonaws.com") };
  const role = await aws.plugin().create("aws:iam/role:Role", "json", inputs);
  const respaced = { assumeRolePolicy: JSON.stringify(JSON.parse(trust("lambda.amazonaws.com")), undefined, 2) };
  const checked = await aws.plugin().check("aws:iam/role:Role", "json", respaced, role.inputs);
  expect(await aws.plugin().diff(role, checked)).toMatchObject({ changed: false });
  await aws.plugin().delete(role);
});
