import { LifeboatError } from "../../../../recovery/errors";
import type { Properties } from "../../protocol/resource";
import { unlessGone } from "../common";

/** What a function was asked for and AWS does not have, by all that was asked. */
export const notFound = (kind: string, asked: Properties, hint: string): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: `AWS has no ${kind} as asked`,
    received: Object.entries(asked)
      .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", "),
    hint,
  });

/** The answer of `call`; an error that says what was asked where AWS has no such thing. */
export async function orNotFound<T>(call: Promise<T>, names: readonly string[], kind: string, asked: Properties, hint: string): Promise<T> {
  const answer = await unlessGone(call, ...names);
  if (answer === undefined) throw notFound(kind, asked, hint);
  return answer;
}
