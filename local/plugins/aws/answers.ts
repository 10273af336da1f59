import { isDeepStrictEqual } from "node:util";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { type Created, type Properties, type ResourceHandler, Unfinished, type Value } from "../protocol/resource";
import { isList, isRecord } from "../protocol/values";
import type { AwsContext } from "./context";

/** What AWS answers about a resource, brought into the form that the program wrote, so that only real differences show. */

const isEmpty = (value: Value | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (isList(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0);

/** AWS answers "", [] or {} for what was never set: absent, unless the program wrote it so. */
export const unlessEmpty = (state: Properties, name: string, found: Value | undefined): Value | undefined => {
  if (!isEmpty(found)) return found;
  return isEmpty(state[name]) ? state[name] : undefined;
};

const contentOf = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
};

/** A JSON document as the program wrote it when AWS only wrote it anew; otherwise what AWS has. */
export const asWritten = (state: Properties, name: string, found: string | undefined): string | undefined => {
  const written = state[name];
  if (found === undefined || typeof written !== "string") return found;
  return isDeepStrictEqual(contentOf(written), contentOf(found)) ? written : found;
};

/** A set in the order that the program wrote it when it holds the same members. */
export const inOrder = (state: Properties, name: string, found: readonly string[] | undefined): Value | undefined => {
  const written = state[name];
  if (found === undefined || !isList(written)) return unlessEmpty(state, name, found);
  const members = new Set<Value>(written);
  return members.size === found.length && found.every((member) => members.has(member)) ? written : unlessEmpty(state, name, found);
};

type Read = ResourceHandler<AwsContext>["read"];

/** All outputs of a resource that was just created or updated, read back from AWS. */
export async function outputsOf(read: Read, context: AwsContext, id: string, inputs: Properties): Promise<Properties> {
  const found = await read(context, id, inputs);
  if (found !== undefined) return { ...inputs, ...found.outputs };
  throw new LifeboatError({
    code: "internal",
    what: `AWS does not find ${id} right after accepting it`,
    hint: "Look at the emulator's log; on AWS, run the update again",
  });
}

/** Ends a creation. From its first call on the resource exists, so whatever fails in `steps` or in reading it back must not lose it. */
export async function finishCreation(
  read: Read,
  context: AwsContext,
  id: string,
  inputs: Properties,
  steps: () => Promise<unknown> = async () => {},
): Promise<Created> {
  try {
    await steps();
    return { id, outputs: await outputsOf(read, context, id, inputs) };
  } catch (thrown) {
    throw new Unfinished({ id, outputs: inputs }, messageOf(thrown));
  }
}

/** True when any of the named properties differs. */
export const changed = (olds: Properties, news: Properties, ...names: readonly string[]): boolean =>
  names.some((name) => !isDeepStrictEqual(olds[name], news[name]));
