import { createHash } from "node:crypto";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import type { AwsContext } from "../../../local/plugins/aws/context";

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
/** The ARN of a new role that functions may take. */
export async function givenFunctionRole(context: AwsContext): Promise<string> {
  const request = { RoleName: "functions", AssumeRolePolicyDocument: JSON.stringify(trust) };
  return (await context.client(IAMClient).send(new CreateRoleCommand(request))).Role?.Arn ?? "";
}

/** An archive as the engine sends it, with its own hash. */
export const code = (source: string) => ({
  "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7",
  hash: createHash("sha256").update(source).digest("hex"),
  assets: { "index.js": { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: source } },
});

/** Answers its event, and what it sees of its surroundings. */
export const echo =
  "exports.handler = async (event) => ({ event, store: process.env.STORE, endpoint: process.env.AWS_ENDPOINT_URL, trusted: process.env.NODE_EXTRA_CA_CERTS })";
export const failing =
  'exports.handler = async () => { throw new Error("[no-recovery-point] Chroma has no sealed export. Hint: wait for one.") }';
