import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { FunctionHandler } from "../../protocol/resource";
import { compact, flag, requiredText } from "../../protocol/values";
import { regionInput, regionOf } from "../common";
import type { AwsContext } from "../context";
import { notFound, orNotFound } from "./notFound";

const hint = "Check the name and the region; in the recovery region it is there after an `up` of prod";

export const getParameter: FunctionHandler<AwsContext> = {
  token: "aws:ssm/getParameter:getParameter",
  inputs: { ...regionInput, name: { required: true }, withDecryption: { default: true } },
  async call(context, args) {
    const region = regionOf(context, args);
    const name = requiredText(args, "name");
    const WithDecryption = flag(args, "withDecryption") ?? true;
    const asked = { name, region };
    const request = new GetParameterCommand({ Name: name, WithDecryption });
    const answer = await orNotFound(context.client(SSMClient, region).send(request), ["ParameterNotFound"], "SSM parameter", asked, hint);
    const found = answer.Parameter;
    if (found === undefined) throw notFound("SSM parameter", asked, hint);
    return compact({
      id: found.Name,
      name: found.Name,
      arn: found.ARN,
      region,
      type: found.Type,
      value: found.Value,
      insecureValue: found.Type === "SecureString" ? "" : found.Value,
      version: found.Version,
      withDecryption: WithDecryption,
    });
  },
};
