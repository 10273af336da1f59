import { GetAccessKeyLastUsedCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { simulated } from "../s3control/permissions";
import type { Callers } from "./callers";
import type { Caller } from "./calls";
import type { Incoming } from "./incoming";
import { s3Error } from "./s3-answers";
import type { Answer } from "./upstream";

export interface JobPolicyOptions {
  readonly ministackUrl: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly callers: Callers;
  readonly account: () => Promise<string>;
}

/** The action of a call about jobs, and what it is about. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export const jobActionOf = (method: string, path: string, region: string, account: string): readonly [action: string, resource: string] => {
  const [, , , id, part] = path.split("/");
  const job = `arn:aws:s3:${region}:${account}:job/${id}`;
  if (id === undefined) return [method === "POST" ? "s3:CreateJob" : "s3:ListJobs", "*"];
  return [part === "status" ? "s3:UpdateJobStatus" : "s3:DescribeJob", job];
};

/**
 * The caller's IAM policy for calls about jobs, which MiniStack does not know. The limit: `iam:PassRole` on the job's role, which AWS asks for too, is
 * not checked, nor is any other condition met.
 */
export const createJobPolicy = ({ ministackUrl: endpoint, credentials, callers, account }: JobPolicyOptions) => {
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials });
  const mayDo = simulated(iam);

  const roleOf = async ({ kind, name, region }: Caller): Promise<string | undefined> => {
    if (kind === "session") return `arn:aws:iam::${await account()}:role/${name.split("/")[1]}`;
    if (kind !== "function" || region === undefined) return undefined;
    const lambda = new LambdaClient({ endpoint, region, credentials });
    const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    lambda.destroy();
    return Role;
  };

  const principalOf = async (accessKeyId: string): Promise<string | undefined> => {
    // Only session keys start with ASIA: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    if (accessKeyId.startsWith("ASIA")) {
      const caller = await callers.of(accessKeyId);
      return caller && roleOf(caller);
    }
    const { UserName } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId }));
    return UserName === undefined ? undefined : `arn:aws:iam::${await account()}:user/${UserName}`;
  };

  return {
    /** A refusal, or nothing when the caller, whose signature is verified, may make the call. */
    refusal: async ({ scope, message, path }: Incoming): Promise<Answer | undefined> => {
      const { accessKeyId, region } = scope;
      if (accessKeyId === credentials.accessKeyId) return undefined;
      const principal = accessKeyId === undefined ? undefined : await principalOf(accessKeyId);
      const [action, resource] = jobActionOf(message.method, path, region, await account());
      if (principal !== undefined && (await mayDo(principal, action, resource))) return undefined;
      return s3Error(403, "AccessDenied", `${principal ?? "The caller"} is not authorized to perform: ${action} on ${resource}`, path);
    },
    close: () => iam.destroy(),
  };
};
