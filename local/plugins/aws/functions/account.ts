import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { FunctionHandler } from "../../protocol/resource";
import { compact, text } from "../../protocol/values";
import { regionOf } from "../common";
import type { AwsContext } from "../context";

export const getCallerIdentity: FunctionHandler<AwsContext> = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  inputs: { id: {} },
  async call(context) {
    const identity = await context.client(STSClient).send(new GetCallerIdentityCommand({}));
    return compact({ id: identity.Account, accountId: identity.Account, arn: identity.Arn, userId: identity.UserId });
  },
};

/** The region of the provider, or the one that is asked about; no call. */
export const getRegion: FunctionHandler<AwsContext> = {
  token: "aws:index/getRegion:getRegion",
  inputs: { region: {}, name: {}, id: {} },
  async call(context, args) {
    const region = text(args, "name") ?? regionOf(context, args);
    return { id: region, region, name: region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
  },
};

/** The embedded AWS is in the standard partition only. */
export const getPartition: FunctionHandler<AwsContext> = {
  token: "aws:index/getPartition:getPartition",
  inputs: { id: {} },
  call: async () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" }),
};
