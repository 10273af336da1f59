import { setTimeout as pause } from "node:timers/promises";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  FunctionResponseType,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListTagsCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, number, record, records, requiredText, text, texts } from "../../protocol/values";
import { finishCreation, outputsOf, unlessEmpty } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { functionName } from "./identity";
import { tagging } from "./tagging";
import { whenRoleIsKnown } from "./wait";

const clientOf = (context: AwsContext, properties: Properties) => context.client(LambdaClient, regionOf(context, properties));

const pauseMilliseconds = 200;
const attempts = (10 * 60_000) / pauseMilliseconds;
const steady = new Set(["Enabled", "Disabled"]);

/** The mapping once AWS has carried out the last change; undefined when it is gone. */
async function settledMapping(
  client: LambdaClient,
  uuid: string,
  signal?: AbortSignal,
): Promise<EventSourceMappingConfiguration | undefined> {
  let found: EventSourceMappingConfiguration | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    found = await unlessGone(client.send(new GetEventSourceMappingCommand({ UUID: uuid })), "ResourceNotFoundException");
    if (found?.State === undefined || steady.has(found.State)) return found;
    await pause(pauseMilliseconds, undefined, { signal });
  }
  return found;
}

const settings = (inputs: Properties) => ({
  FunctionName: requiredText(inputs, "functionName"),
  Enabled: flag(inputs, "enabled"),
  BatchSize: number(inputs, "batchSize"),
  MaximumBatchingWindowInSeconds: number(inputs, "maximumBatchingWindowInSeconds") ?? 0,
  FunctionResponseTypes: Object.values(FunctionResponseType).filter((type) => texts(inputs, "functionResponseTypes")?.includes(type)),
  FilterCriteria: {
    Filters: records(record(inputs, "filterCriteria") ?? {}, "filters").map((filter) => ({ Pattern: text(filter, "pattern") })),
  },
  ScalingConfig: { MaximumConcurrency: number(record(inputs, "scalingConfig") ?? {}, "maximumConcurrency") },
});

/** The program may name the function by name or ARN; AWS answers with the ARN. */
const functionRead = (state: Properties, arn: string | undefined): string | undefined => {
  const written = text(state, "functionName");
  return written !== undefined && arn !== undefined && functionName(written) === functionName(arn) ? written : arn;
};

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const found = await settledMapping(client, id);
  if (found === undefined || found.State === "Deleting") return undefined;
  const arn = found.EventSourceMappingArn;
  const tags = arn === undefined ? {} : ((await client.send(new ListTagsCommand({ Resource: arn }))).Tags ?? {});
  const filters = found.FilterCriteria?.Filters?.map(({ Pattern }) => compact({ pattern: Pattern })) ?? [];
  const concurrency = found.ScalingConfig?.MaximumConcurrency;
  const inputs = compact({
    region: regionOf(context, state),
    eventSourceArn: found.EventSourceArn,
    functionName: functionRead(state, found.FunctionArn),
    enabled: found.State !== "Disabled",
    batchSize: found.BatchSize,
    maximumBatchingWindowInSeconds:
      found.MaximumBatchingWindowInSeconds || number(state, "maximumBatchingWindowInSeconds") === 0
        ? found.MaximumBatchingWindowInSeconds
        : undefined,
    functionResponseTypes: unlessEmpty(state, "functionResponseTypes", found.FunctionResponseTypes),
    filterCriteria: filters.length === 0 ? undefined : { filters },
    scalingConfig: concurrency === undefined ? undefined : { maximumConcurrency: concurrency },
    ...tagsRead(context, tags, state),
  });
  const outputs = compact({
    ...inputs,
    uuid: found.UUID,
    arn,
    functionArn: found.FunctionArn,
    state: found.State,
    stateTransitionReason: found.StateTransitionReason ?? "",
    lastModified: found.LastModified?.toISOString() ?? "",
    lastProcessingResult: found.LastProcessingResult ?? "",
    tagsAll: tags,
  });
  return { inputs, outputs };
};

export const eventSourceMapping: ResourceHandler<AwsContext> = {
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  inputs: {
    ...regionInput,
    ...tagsInput,
    eventSourceArn: { required: true, replaces: true },
    functionName: { required: true },
    enabled: { default: true },
    batchSize: { chosenByService: true },
    maximumBatchingWindowInSeconds: {},
    functionResponseTypes: { compareAs: "set" },
    filterCriteria: { fields: { filters: { fields: { pattern: { compareAs: "json" } } } } },
    scalingConfig: { fields: { maximumConcurrency: {} } },
  },
  computed: ["uuid", "arn", "functionArn", "state", "stateTransitionReason", "lastModified", "lastProcessingResult", "tagsAll"],
  configured: regionFromProvider,

  async create(context, inputs, signal) {
    const client = clientOf(context, inputs);
    const request = new CreateEventSourceMappingCommand({
      ...settings(inputs),
      EventSourceArn: requiredText(inputs, "eventSourceArn"),
      Tags: allTags(context, inputs),
    });
    const created = await whenRoleIsKnown(() => client.send(request, { abortSignal: signal }), signal);
    return finishCreation(read, context, created.UUID ?? "", inputs);
  },

  read,

  async update(context, id, olds, news, signal) {
    const client = clientOf(context, news);
    await settledMapping(client, id, signal);
    await client.send(new UpdateEventSourceMappingCommand({ UUID: id, ...settings(news) }));
    await retag(context, olds, news, tagging(client, requiredText(olds, "arn")));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteEventSourceMappingCommand({ UUID: id })), "ResourceNotFoundException");
  },
};
