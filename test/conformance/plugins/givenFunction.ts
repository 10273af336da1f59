import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { AwsContext } from "../../../local/plugins/aws/context";

/** An archive without files is its end record alone: whoever names the function only asks that it exists. */
const emptyZip = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/** A function that S3 may invoke, made without the plugin. */
export async function givenFunction(context: AwsContext, name: string): Promise<void> {
  const role = { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) };
  const { Role } = await context.client(IAMClient).send(new CreateRoleCommand(role));
  const lambda = context.client(LambdaClient);
  const code = { Runtime: "nodejs22.x", Handler: "index.handler", Code: { ZipFile: emptyZip } } as const;
  await lambda.send(new CreateFunctionCommand({ ...code, FunctionName: name, Role: Role?.Arn }));
  const permission = { StatementId: "s3", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com" };
  await lambda.send(new AddPermissionCommand({ ...permission, FunctionName: name }));
}
