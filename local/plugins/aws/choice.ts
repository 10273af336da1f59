import { LifeboatError } from "../../../recovery/errors";
import type { Properties } from "../protocol/resource";
import { text } from "../protocol/values";

/** A property that takes one of AWS's own names, as the SDK's enumerations list them; undefined when it is absent. */
export function choice<T extends string>(from: Properties, name: string, allowed: { readonly [key: string]: T }): T | undefined {
  const given = text(from, name);
  if (given === undefined) return undefined;
  const found = Object.values(allowed).find((value) => value === given);
  if (found !== undefined) return found;
  throw new LifeboatError({
    code: "configuration",
    what: `Property ${name} has a value that AWS does not know`,
    received: given,
    allowed: Object.values(allowed).join(", "),
    hint: `Correct ${name} in the program`,
  });
}

/**
 * That one of these inputs is given. For `create` and `update`, not for `check`: in a preview an input that is only unknown yet looks absent.
 */
export function requireOne(from: Properties, owner: string, ...names: readonly string[]): void {
  if (names.some((name) => from[name] !== undefined && from[name] !== null)) return;
  throw new LifeboatError({
    code: "configuration",
    what: `${owner} has none of ${names.join(", ")}`,
    allowed: "one of them",
    hint: "Give one of them in the program",
  });
}
