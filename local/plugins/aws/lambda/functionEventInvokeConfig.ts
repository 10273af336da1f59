import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, record, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";

const clientOf = (context: AwsContext, properties: Properties) => context.client(LambdaClient, regionOf(context, properties));

/** `function` or `function:qualifier`, where the function may be an ARN. */
function placeOf(id: string, state: Properties): { readonly FunctionName: string; readonly Qualifier: string | undefined } {
  const name = text(state, "functionName");
  if (name !== undefined) return { FunctionName: name, Qualifier: text(state, "qualifier") };
  const parts = id.split(":");
  const isQualified = id.startsWith("arn:") ? parts.length > 7 : parts.length > 1;
  return isQualified ? { FunctionName: parts.slice(0, -1).join(":"), Qualifier: parts.at(-1) } : { FunctionName: id, Qualifier: undefined };
}

const destination = (inputs: Properties, outcome: "onSuccess" | "onFailure") => {
  const named = record(record(inputs, "destinationConfig") ?? {}, outcome);
  return named === undefined ? undefined : { Destination: requiredText(named, "destination") };
};

const put = (context: AwsContext, inputs: Properties) =>
  clientOf(context, inputs).send(
    new PutFunctionEventInvokeConfigCommand({
      ...placeOf("", inputs),
      MaximumRetryAttempts: number(inputs, "maximumRetryAttempts"),
      MaximumEventAgeInSeconds: number(inputs, "maximumEventAgeInSeconds"),
      DestinationConfig: { OnSuccess: destination(inputs, "onSuccess") ?? {}, OnFailure: destination(inputs, "onFailure") ?? {} },
    }),
  );

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const place = placeOf(id, state);
  const found = await unlessGone(
    clientOf(context, state).send(new GetFunctionEventInvokeConfigCommand(place)),
    "ResourceNotFoundException",
  );
  if (found === undefined) return undefined;
  const success = found.DestinationConfig?.OnSuccess?.Destination;
  const failure = found.DestinationConfig?.OnFailure?.Destination;
  const inputs = compact({
    region: regionOf(context, state),
    functionName: place.FunctionName,
    qualifier: place.Qualifier,
    maximumRetryAttempts: found.MaximumRetryAttempts,
    maximumEventAgeInSeconds: found.MaximumEventAgeInSeconds,
    destinationConfig:
      success === undefined && failure === undefined
        ? undefined
        : compact({
            onSuccess: success === undefined ? undefined : { destination: success },
            onFailure: failure === undefined ? undefined : { destination: failure },
          }),
  });
  return { inputs, outputs: inputs };
};

export const functionEventInvokeConfig: ResourceHandler<AwsContext> = {
  type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  inputs: {
    ...regionInput,
    functionName: { required: true, replaces: true },
    qualifier: { replaces: true },
    maximumRetryAttempts: { default: 2 },
    maximumEventAgeInSeconds: { chosenByService: true },
    destinationConfig: {
      fields: { onSuccess: { fields: { destination: { required: true } } }, onFailure: { fields: { destination: { required: true } } } },
    },
  },
  computed: [],
  configured: regionFromProvider,
  async create(context, inputs) {
    await put(context, inputs);
    const { FunctionName, Qualifier } = placeOf("", inputs);
    return finishCreation(read, context, Qualifier === undefined ? FunctionName : `${FunctionName}:${Qualifier}`, inputs);
  },
  read,
  async update(context, id, _olds, news) {
    await put(context, news);
    return outputsOf(read, context, id, news);
  },
  async delete(context, id, state) {
    const request = new DeleteFunctionEventInvokeConfigCommand(placeOf(id, state));
    await unlessGone(clientOf(context, state).send(request), "ResourceNotFoundException");
  },
};
