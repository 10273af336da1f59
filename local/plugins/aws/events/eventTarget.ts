import {
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, record, requiredText, text, textMap } from "../../protocol/values";
import { asWritten, finishCreation, outputsOf } from "../answers";
import { kept, regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { eventBusOf } from "./place";

const clientOf = (context: AwsContext, properties: Properties) => context.client(EventBridgeClient, regionOf(context, properties));

interface Place {
  readonly bus: string;
  readonly rule: string;
  readonly target: string;
}

/** By what `pulumi import` names a target: `rule/target` or `bus/rule/target`. */
function placeOf(id: string): Place {
  const parts = id.split("/");
  return { bus: parts.slice(0, -2).join("/") || "default", rule: parts.at(-2) ?? "", target: parts.at(-1) ?? "" };
}

function targetOf(inputs: Properties): Target {
  const retry = record(inputs, "retryPolicy");
  const deadLetter = record(inputs, "deadLetterConfig");
  const transformer = record(inputs, "inputTransformer");
  const sqs = record(inputs, "sqsTarget");
  return {
    Id: requiredText(inputs, "targetId"),
    Arn: requiredText(inputs, "arn"),
    RoleArn: text(inputs, "roleArn"),
    Input: text(inputs, "input"),
    InputPath: text(inputs, "inputPath"),
    InputTransformer: transformer && {
      InputPathsMap: textMap(transformer, "inputPaths"),
      InputTemplate: requiredText(transformer, "inputTemplate"),
    },
    SqsParameters: sqs && { MessageGroupId: text(sqs, "messageGroupId") },
    DeadLetterConfig: deadLetter && { Arn: text(deadLetter, "arn") },
    RetryPolicy: retry && {
      MaximumEventAgeInSeconds: number(retry, "maximumEventAgeInSeconds"),
      MaximumRetryAttempts: number(retry, "maximumRetryAttempts"),
    },
  };
}

async function put(context: AwsContext, inputs: Properties): Promise<void> {
  const rule = requiredText(inputs, "rule");
  const answer = await clientOf(context, inputs).send(
    new PutTargetsCommand({ Rule: rule, EventBusName: eventBusOf(inputs), Targets: [targetOf(inputs)] }),
  );
  const failed = answer.FailedEntries?.[0];
  if (failed === undefined) return;
  // PutTargets answers 200 when it refuses a target. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html
  throw new LifeboatError({
    code: "internal",
    what: `EventBridge refused target ${failed.TargetId} of rule ${rule}`,
    received: `${failed.ErrorCode}: ${failed.ErrorMessage}`,
    hint: "Correct the target's ARN and role",
  });
}

async function find(client: EventBridgeClient, place: Place): Promise<Target | undefined> {
  let NextToken: string | undefined;
  do {
    const request: ListTargetsByRuleCommand = new ListTargetsByRuleCommand({ Rule: place.rule, EventBusName: place.bus, NextToken });
    const page = await unlessGone(client.send(request), "ResourceNotFoundException");
    const found = page?.Targets?.find((target) => target.Id === place.target);
    if (found !== undefined) return found;
    NextToken = page?.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const place = placeOf(id);
  const found = await find(clientOf(context, state), place);
  if (found === undefined) return undefined;
  const { RetryPolicy: retry, DeadLetterConfig: deadLetter, InputTransformer: transformer, SqsParameters: sqs } = found;
  const inputs = compact({
    ...kept(state, "forceDestroy"),
    region: regionOf(context, state),
    eventBusName: place.bus,
    rule: place.rule,
    targetId: found.Id,
    arn: found.Arn,
    roleArn: found.RoleArn,
    input: asWritten(state, "input", found.Input),
    inputPath: found.InputPath,
    inputTransformer: transformer && compact({ inputPaths: transformer.InputPathsMap, inputTemplate: transformer.InputTemplate }),
    sqsTarget: sqs && compact({ messageGroupId: sqs.MessageGroupId }),
    deadLetterConfig: deadLetter && compact({ arn: deadLetter.Arn }),
    retryPolicy:
      retry && compact({ maximumEventAgeInSeconds: retry.MaximumEventAgeInSeconds, maximumRetryAttempts: retry.MaximumRetryAttempts }),
  });
  return { inputs, outputs: inputs };
};

export const eventTarget: ResourceHandler<AwsContext> = {
  type: "aws:cloudwatch/eventTarget:EventTarget",
  inputs: {
    ...regionInput,
    eventBusName: { default: "default", replaces: true },
    rule: { required: true, replaces: true },
    targetId: { replaces: true },
    arn: { required: true },
    roleArn: {},
    input: { compareAs: "json" },
    inputPath: {},
    inputTransformer: { fields: { inputPaths: {}, inputTemplate: { required: true } } },
    sqsTarget: { fields: { messageGroupId: {} } },
    deadLetterConfig: { fields: { arn: {} } },
    retryPolicy: { fields: { maximumEventAgeInSeconds: {}, maximumRetryAttempts: {} } },
    forceDestroy: { default: false },
  },
  autoName: { property: "targetId", maxLength: 64 },
  identity: ["region", "eventBusName", "rule", "targetId"],
  computed: [],
  configured: regionFromProvider,

  check(inputs) {
    const given = ["input", "inputPath", "inputTransformer"].filter((property) => inputs[property] !== undefined);
    return given.length < 2
      ? []
      : [{ property: given[1] ?? "input", reason: `cannot stand beside ${given[0]}: a target takes one of them` }];
  },

  async create(context, inputs) {
    await put(context, inputs);
    const bus = eventBusOf(inputs);
    const parts = [requiredText(inputs, "rule"), requiredText(inputs, "targetId")];
    return finishCreation(read, context, (bus === "default" ? parts : [bus, ...parts]).join("/"), inputs);
  },

  read,

  async update(context, id, _olds, news) {
    await put(context, news);
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    const { bus, rule, target } = placeOf(id);
    const request = new RemoveTargetsCommand({ Rule: rule, EventBusName: bus, Ids: [target] });
    await unlessGone(clientOf(context, state).send(request), "ResourceNotFoundException");
  },
};
