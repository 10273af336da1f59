/** What went wrong, by kind; stable, so that alarms, scripts and tests can match on it. */
export type ErrorCode =
  | "configuration"
  | "no-recovery-point"
  | "point-refused"
  | "short-export"
  | "digest-mismatch"
  | "target-refused"
  | "store-unavailable"
  | "unsupported"
  | "toolchain"
  | "objective-missed"
  | "interrupted"
  | "internal";

/** The four things that every error says: what happened, what was received, what is allowed, and the next step. */
export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly what: string;
  readonly received?: string;
  readonly allowed?: string;
  readonly hint: string;
  readonly cause?: unknown;
}

const sentence = (text: string): string => (/[.!?\n]$/.test(text) ? text : `${text}.`);

/** An error that a person can act on at night. Its code leads the message, because a function's error type does not survive every runtime. */
export class LifeboatError extends Error {
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(facts: ErrorFacts) {
    const parts = [`[${facts.code}] ${sentence(facts.what)}`];
    if (facts.received !== undefined) parts.push(`Received: ${sentence(facts.received)}`);
    if (facts.allowed !== undefined) parts.push(`Allowed: ${sentence(facts.allowed)}`);
    parts.push(`Hint: ${sentence(facts.hint)}`);
    super(parts.join(" "), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "LifeboatError";
    this.code = facts.code;
    this.facts = facts;
  }
}

/** The message of anything that was thrown, for reports and logs. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
