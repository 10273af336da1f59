import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { FunctionHandler } from "../../protocol/resource";
import { compact, record, requiredText, text } from "../../protocol/values";
import { regionInput, regionOf } from "../common";
import type { AwsContext } from "../context";
import { configurationRead } from "../lambda/configuration";
import { functionArns, functionName } from "../lambda/identity";
import { orNotFound } from "./notFound";

export const getFunction: FunctionHandler<AwsContext> = {
  token: "aws:lambda/getFunction:getFunction",
  inputs: { ...regionInput, functionName: { required: true }, qualifier: {} },
  async call(context, args) {
    const region = regionOf(context, args);
    const name = requiredText(args, "functionName");
    const qualifier = text(args, "qualifier");
    const answer = await orNotFound(
      context.client(LambdaClient, region).send(new GetFunctionCommand({ FunctionName: name, Qualifier: qualifier })),
      ["ResourceNotFoundException"],
      "Lambda function",
      compact({ functionName: name, qualifier, region }),
      "Check its name and region; the functions of a recovery are created by an `up` of prod",
    );
    const found = answer.Configuration ?? {};
    const version = found.Version ?? "$LATEST";
    const unqualified = (found.FunctionArn ?? "").split(":").slice(0, 7).join(":");
    const configuration = configurationRead(found, {}, process.env);
    const logging = record(configuration, "loggingConfig");
    const ephemeral = record(configuration, "ephemeralStorage");
    const { loggingConfig: _logging, ephemeralStorage: _ephemeral, ...plain } = configuration;
    return compact({
      ...args,
      ...plain,
      id: functionName(name),
      region,
      ...functionArns(unqualified, version),
      version,
      architectures: found.Architectures ?? [],
      codeSha256: found.CodeSha256,
      sourceCodeHash: found.CodeSha256,
      sourceCodeSize: found.CodeSize,
      description: found.Description ?? "",
      lastModified: found.LastModified,
      loggingConfigs: logging === undefined ? [] : [logging],
      ephemeralStorages: ephemeral === undefined ? [] : [ephemeral],
      fileSystemConfigs: [],
      reservedConcurrentExecutions: answer.Concurrency?.ReservedConcurrentExecutions ?? -1,
      tags: answer.Tags ?? {},
    });
  },
};
