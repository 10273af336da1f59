import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  EntityAlreadyExistsException,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { LifeboatError } from "../../recovery/errors";
import { rootCredentials } from "./index";

export interface DeployUser {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }[];
}

export interface Bootstrap {
  /** One user a stack, with a real access key, so that its deployment runs under the policy that it was given. */
  createDeployUser(name: string, policy: PolicyDocument): Promise<DeployUser>;
}

/** The only thing that root does: it creates the users who do the rest. `url` is MiniStack's or the gateway's. */
export const bootstrap = (url: string): Bootstrap => {
  const iam = new IAMClient({ endpoint: url, region: "us-east-1", credentials: rootCredentials });
  const createUser = async (name: string): Promise<void> => {
    try {
      await iam.send(new CreateUserCommand({ UserName: name }));
    } catch (thrown) {
      if (!(thrown instanceof EntityAlreadyExistsException)) throw thrown;
    }
  };
  return {
    createDeployUser: async (name, policy) => {
      await createUser(name);
      await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: "deploy", PolicyDocument: JSON.stringify(policy) }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
      if (AccessKey?.AccessKeyId === undefined || AccessKey.SecretAccessKey === undefined) {
        throw new LifeboatError({ code: "internal", what: `IAM created no access key for ${name}`, hint: "Read MiniStack's log" });
      }
      return { name, accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
    },
  };
};
