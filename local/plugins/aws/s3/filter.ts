import type { Properties, Value } from "../../protocol/resource";
import { isRecord, record, text } from "../../protocol/values";

/** The prefix of a lifecycle or replication rule; "" is every object. */
export const prefixOf = (rule: Properties): string => text(record(rule, "filter") ?? {}, "prefix") ?? "";

/** The input `filter` that explains the prefix found: no filter, `{}` and `{ prefix: "" }` all mean every object, so what was written stays. */
export function filterRead(prefix: string, written: Properties | undefined): Value | undefined {
  const before = written?.filter;
  if (prefix !== "") return { prefix };
  return isRecord(before) && (text(before, "prefix") ?? "") === "" ? before : undefined;
}

/** The rule of the same id in the state; rules without one are met in their order. */
export const writtenRule = (rules: readonly Properties[], id: string | undefined, index: number): Properties | undefined =>
  rules.find((rule) => id !== undefined && rule.id === id) ?? (rules[index]?.id === undefined ? rules[index] : undefined);
