import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import type { InputRule, Properties, Value } from "../../protocol/resource";
import { compact } from "../../protocol/values";
import { asWritten, unlessEmpty } from "../answers";

type Kind = "number" | "flag" | "text" | "json";

/** What the official plugin outputs for what AWS leaves unsaid. */
const unsaid: { readonly [kind in Kind]: Value } = { number: 0, flag: false, text: "", json: "" };

interface QueueAttribute {
  readonly name: QueueAttributeName;
  readonly kind: Kind;
  readonly rule: InputRule;
}

/** Inputs that are attributes of the queue; defaults are the official plugin's and AWS's. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export const queueAttributes: { readonly [property: string]: QueueAttribute } = {
  visibilityTimeoutSeconds: { name: "VisibilityTimeout", kind: "number", rule: { default: 30 } },
  messageRetentionSeconds: { name: "MessageRetentionPeriod", kind: "number", rule: { default: 345_600 } },
  maxMessageSize: { name: "MaximumMessageSize", kind: "number", rule: { chosenByService: true } },
  delaySeconds: { name: "DelaySeconds", kind: "number", rule: { default: 0 } },
  receiveWaitTimeSeconds: { name: "ReceiveMessageWaitTimeSeconds", kind: "number", rule: { default: 0 } },
  // A QueuePolicy beside the queue sets it too: then it is no drift here.
  policy: { name: "Policy", kind: "json", rule: { compareAs: "json", chosenByService: true } },
  redrivePolicy: { name: "RedrivePolicy", kind: "json", rule: { compareAs: "json" } },
  redriveAllowPolicy: { name: "RedriveAllowPolicy", kind: "json", rule: { compareAs: "json" } },
  fifoQueue: { name: "FifoQueue", kind: "flag", rule: { default: false, replaces: true } },
  contentBasedDeduplication: { name: "ContentBasedDeduplication", kind: "flag", rule: { default: false } },
  deduplicationScope: { name: "DeduplicationScope", kind: "text", rule: { chosenByService: true } },
  fifoThroughputLimit: { name: "FifoThroughputLimit", kind: "text", rule: { chosenByService: true } },
  kmsMasterKeyId: { name: "KmsMasterKeyId", kind: "text", rule: {} },
  kmsDataKeyReusePeriodSeconds: { name: "KmsDataKeyReusePeriodSeconds", kind: "number", rule: { chosenByService: true } },
  sqsManagedSseEnabled: { name: "SqsManagedSseEnabled", kind: "flag", rule: { chosenByService: true } },
};

const written = (value: Value | undefined): string | undefined => (value === undefined || value === null ? undefined : String(value));

/** The attributes of a new queue. SQS refuses those of FIFO queues on others, even as false. */
export function attributesOf(inputs: Properties): Partial<Record<QueueAttributeName, string>> {
  const result: Partial<Record<QueueAttributeName, string>> = {};
  for (const [property, { name, kind }] of Object.entries(queueAttributes)) {
    const value = written(inputs[property]);
    const isOff = kind === "flag" && value === "false" && property !== "sqsManagedSseEnabled";
    if (value !== undefined && !isOff) result[name] = value;
  }
  return result;
}

/** What to set so that a queue goes from `olds` to `news`; "" takes an attribute away. */
export function attributeChanges(olds: Properties, news: Properties): Partial<Record<QueueAttributeName, string>> {
  const result: Partial<Record<QueueAttributeName, string>> = {};
  for (const [property, { name, rule }] of Object.entries(queueAttributes)) {
    const value = written(news[property]);
    if (value === written(olds[property]) || (value === undefined && rule.chosenByService)) continue;
    result[name] = value ?? "";
  }
  return result;
}

/** The outputs of what AWS chooses, before it says anything. */
export const attributesUnsaid: Properties = Object.fromEntries(
  Object.entries(queueAttributes).flatMap(([property, { kind, rule }]) => (rule.chosenByService ? [[property, unsaid[kind]]] : [])),
);

export function attributesRead(found: Partial<Record<string, string>>, state: Properties): Properties {
  const result: Record<string, Value | undefined> = {};
  for (const [property, { name, kind }] of Object.entries(queueAttributes)) {
    const value = found[name];
    if (kind === "flag")
      result[property] = value === "true" || (value === undefined && property === "sqsManagedSseEnabled" ? undefined : value === "true");
    else if (kind === "number") result[property] = value === undefined ? undefined : Number(value);
    else if (kind === "json") result[property] = asWritten(state, property, value || undefined);
    else result[property] = unlessEmpty(state, property, value);
  }
  return compact(result);
}
