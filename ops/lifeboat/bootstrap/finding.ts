import type { StackName } from "../../../recovery/backend";

/**
 * What was found of one thing that a stack is deployed with. `missing` and `loose` (weaker than it should be) can be mended without losing
 * anything, and `change` mends them; `different` cannot: a person decides.
 */
export type State = "found" | "missing" | "loose" | "different";

export interface Finding {
  readonly stack: StackName;
  readonly part: "key" | "bucket" | "role";
  readonly name: string;
  /** Absent for what is in no region. */
  readonly region?: string;
  readonly state: State;
  readonly detail: string;
  /** Present when, and only when, the state is `missing` or `loose`. */
  readonly change?: () => Promise<void>;
}

/** One look at one setting: what is wrong with it, and what mends it. */
export interface Look {
  readonly state: State;
  readonly detail: string;
  readonly change?: () => Promise<void>;
}

export const found = (detail: string): Look => ({ state: "found", detail });
export const missing = (detail: string, change: () => Promise<void>): Look => ({ state: "missing", detail, change });
export const loose = (detail: string, change: () => Promise<void>): Look => ({ state: "loose", detail, change });
export const different = (detail: string): Look => ({ state: "different", detail });

/** One finding for each setting that is not as it should be; a single one where all are. */
export const findingsOf = (thing: Omit<Finding, "state" | "detail" | "change">, looks: readonly Look[]): readonly Finding[] => {
  const wrong = looks.filter(({ state }) => state !== "found");
  if (wrong.length > 0) return wrong.map((look) => ({ ...thing, ...look }));
  return [{ ...thing, ...found(looks.map(({ detail }) => detail).join(", ")) }];
};
