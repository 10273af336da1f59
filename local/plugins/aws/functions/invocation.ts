import type { FunctionHandler } from "../../protocol/resource";
import { requiredText } from "../../protocol/values";
import { regionInput, regionOf } from "../common";
import type { AwsContext } from "../context";
import { invocationId, invoke } from "../lambda/invoke";

/** Runs a function at each preview and each `up`. https://www.pulumi.com/registry/packages/aws/api-docs/lambda/getinvocation/ */
export const getInvocation: FunctionHandler<AwsContext> = {
  token: "aws:lambda/getInvocation:getInvocation",
  inputs: { ...regionInput, functionName: { required: true }, input: { required: true }, qualifier: { default: "$LATEST" } },
  async call(context, args) {
    const result = await invoke(context, args, requiredText(args, "input"));
    return { ...args, id: invocationId(args), region: regionOf(context, args), result };
  },
};
