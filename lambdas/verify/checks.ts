import type { Check } from "../../recovery/catalogue/point";

/** One comparison of what was expected with what was seen. */
export const check = (name: string, expected: string | number, actual: string | number): Check => ({
  name,
  expected: String(expected),
  actual: String(actual),
  passed: String(expected) === String(actual),
});

/** How many failing items a check names: a point has thousands of parts, a proof is read by a person. */
const NAMED_FAILURES = 10;

/** One check over many items: all of them passed, or the first that did not are named with what was wrong. */
export const checkAll = (name: string, items: number, failures: readonly string[]): Check => {
  const named = failures.slice(0, NAMED_FAILURES).join("; ");
  const more = failures.length > NAMED_FAILURES ? `; and ${failures.length - NAMED_FAILURES} more` : "";
  return {
    name,
    expected: `${items} of ${items}`,
    actual: failures.length === 0 ? `${items} of ${items}` : `${items - failures.length} of ${items}: ${named}${more}`,
    passed: failures.length === 0,
  };
};
