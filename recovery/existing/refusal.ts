import { type ErrorCode, LifeboatError } from "../errors";

/** Why something that exists is not taken as it is, and the next step. Nothing was changed when one is given. */
export interface Refusal {
  readonly reason: string;
  readonly hint: string;
}

/** All reasons at once: who mends one of them should not meet the next one only then. */
export const refusedFor = (what: string, refusals: readonly Refusal[], code: ErrorCode = "target-refused"): LifeboatError =>
  new LifeboatError({
    code,
    what: `${what}; nothing was changed:\n${refusals.map(({ reason, hint }) => `  - ${reason}. ${hint}.`).join("\n")}\n`,
    hint: "docs/existing-systems.md says what is asked of each store, and why",
  });
