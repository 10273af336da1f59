import type { Check } from "../../recovery/catalogue/point";
import { Findings, NAMED_FAILURES } from "./findings";

/** One comparison of what was expected with what was seen. */
export const check = (name: string, expected: string | number, actual: string | number): Check => ({
  name,
  expected: String(expected),
  actual: String(actual),
  passed: String(expected) === String(actual),
});

/** One check over many items: all of them passed, or the first that did not are named with what was wrong. */
export const checkAll = (name: string, items: number, failures: readonly string[] | Findings): Check => {
  const { count, named } =
    failures instanceof Findings ? failures.state() : { count: failures.length, named: failures.slice(0, NAMED_FAILURES) };
  const more = count > NAMED_FAILURES ? `; and ${count - NAMED_FAILURES} more` : "";
  return {
    name,
    expected: `${items} of ${items}`,
    actual: count === 0 ? `${items} of ${items}` : `${items - count} of ${items}: ${named.join("; ")}${more}`,
    passed: count === 0,
  };
};
