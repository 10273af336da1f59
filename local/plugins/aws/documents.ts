import { LifeboatError } from "../../../recovery/errors";
import type { Properties, Value } from "../protocol/resource";
import { isRecord } from "../protocol/values";
import { asWritten } from "./answers";

/** Policy documents: a program gives JSON text or, as the SDK's types allow, the object itself. */

export function document(from: Properties, name: string): string | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (isRecord(value)) return JSON.stringify(value);
  throw new LifeboatError({
    code: "configuration",
    what: `Property ${name} is no document`,
    received: `a ${typeof value}`,
    allowed: "JSON text or an object",
    hint: `Give ${name} as JSON.stringify({...}) in the program`,
  });
}

/** The document as the program wrote it when it says the same as what AWS has; otherwise what AWS has. */
export function documentRead(state: Properties, name: string, found: string | undefined): Value | undefined {
  const written = state[name];
  if (!isRecord(written)) return asWritten(state, name, found);
  const text = JSON.stringify(written);
  return asWritten({ [name]: text }, name, found) === text ? written : found;
}

/** A check of the documents among the inputs: AWS itself says only MalformedPolicy. */
export const documentFailures = (
  inputs: Properties,
  ...names: readonly string[]
): { readonly property: string; readonly reason: string }[] =>
  names.flatMap((name) => {
    const value = inputs[name];
    if (typeof value !== "string") return [];
    try {
      JSON.parse(value);
      return [];
    } catch (thrown) {
      return [{ property: name, reason: `${name} is no valid JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` }];
    }
  });
