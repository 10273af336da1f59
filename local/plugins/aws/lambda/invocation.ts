import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, ResourceHandler, Value } from "../../protocol/resource";
import { isRecord, requiredText, text } from "../../protocol/values";
import { regionFromProvider, regionInput } from "../common";
import type { AwsContext } from "../context";
import { invocationId, invoke } from "./invoke";

const isCrud = (properties: Properties): boolean => text(properties, "lifecycleScope") === "CRUD";

type Action = "create" | "update" | "delete";

/**
 * What the function gets. In scope CRUD it is told what happens to the resource, under `terraformKey`, as the official plugin does.
 * https://www.pulumi.com/registry/packages/aws/api-docs/lambda/invocation/
 */
export function payloadOf(inputs: Properties, action: Action, previous: Properties | undefined): string {
  const input = requiredText(inputs, "input");
  if (!isCrud(inputs)) return input;
  const parsed: Value = JSON.parse(input);
  if (!isRecord(parsed)) {
    throw new LifeboatError({
      code: "configuration",
      what: "The input of an invocation with lifecycleScope CRUD is no JSON object",
      received: input,
      hint: "Give an object: the resource's life is added to it",
    });
  }
  const before: Value = previous === undefined ? null : JSON.parse(requiredText(previous, "input"));
  return JSON.stringify({ ...parsed, [text(inputs, "terraformKey") ?? "tf"]: { action, prev_input: before } });
}

export const invocation: ResourceHandler<AwsContext> = {
  type: "aws:lambda/invocation:Invocation",
  inputs: {
    ...regionInput,
    functionName: { required: true, replaces: true },
    // Not `replaces`: in scope CRUD a new input updates. In CREATE_ONLY the update below invokes anew, which is all that a replacement would do.
    input: { required: true, compareAs: "json" },
    qualifier: { default: "$LATEST", replaces: true },
    triggers: { replaces: true },
    lifecycleScope: { default: "CREATE_ONLY" },
    terraformKey: { default: "tf" },
  },
  computed: ["result"],
  configured: regionFromProvider,

  check(inputs) {
    const scope = text(inputs, "lifecycleScope");
    if (scope === undefined || scope === "CREATE_ONLY" || scope === "CRUD") return [];
    return [{ property: "lifecycleScope", reason: `is ${scope}; allowed are CREATE_ONLY and CRUD` }];
  },

  async create(context, inputs, signal) {
    const result = await invoke(context, inputs, payloadOf(inputs, "create", undefined), signal);
    return { id: invocationId(inputs), outputs: { ...inputs, result } };
  },

  /** An invocation is an event, not a thing: nothing in AWS can be compared with it. */
  async read(_context, _id, state) {
    if (state.result === undefined) return undefined;
    const { result: _result, ...inputs } = state;
    return { inputs, outputs: state };
  },

  async update(context, _id, olds, news, signal) {
    const again = requiredText(olds, "input") !== requiredText(news, "input");
    const result = again ? await invoke(context, news, payloadOf(news, "update", olds), signal) : requiredText(olds, "result");
    return { ...news, result };
  },

  async delete(context, _id, state) {
    if (isCrud(state)) await invoke(context, state, payloadOf(state, "delete", state));
  },
};
