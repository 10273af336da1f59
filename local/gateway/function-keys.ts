import { createHash } from "node:crypto";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import type { Caller } from "./calls";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * The session key that MiniStack 1.5.33 gives a function when it enforces IAM: a pure function of the function's ARN and its role
 * (`execution_credentials` in its `core/lambda_runtime.py`). The integration test compares it with what a real function sees.
 */
export const functionAccessKeyId = (functionArn: string, roleArn: string): string =>
  `ASIA${digest(`${functionArn}:${roleArn}`).slice(0, 16).toUpperCase()}`;

/** A function runs under its own ARN and, invoked with the qualifier that Pulumi's Invocation gives, under that of its latest version; it is listed under either. */
const arnsOf = (listed: string): readonly string[] => {
  const own = listed.replace(/:\$LATEST$/, "");
  return /:function:[^:]+$/.test(own) ? [own, `${own}:$LATEST`] : [listed];
};

export interface FunctionKeysOptions {
  readonly ministackUrl: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The regions in which functions may exist. */
  readonly regions: () => readonly string[];
}

/** The keys of every function that exists now, in every region in use, versions included. */
export const listFunctionKeys = async (options: FunctionKeysOptions): Promise<ReadonlyMap<string, Caller>> => {
  const keys = new Map<string, Caller>();
  const listRegion = async (region: string): Promise<void> => {
    const client = new LambdaClient({ endpoint: options.ministackUrl, region, credentials: options.credentials });
    for await (const page of paginateListFunctions({ client }, { FunctionVersion: "ALL" })) {
      for (const { FunctionArn, FunctionName, Role } of page.Functions ?? []) {
        if (FunctionArn === undefined || Role === undefined) continue;
        const caller: Caller = { name: FunctionName ?? FunctionArn, kind: "function", region };
        for (const arn of arnsOf(FunctionArn)) keys.set(functionAccessKeyId(arn, Role), caller);
      }
    }
    client.destroy();
  };
  await Promise.all(options.regions().map(listRegion));
  return keys;
};
