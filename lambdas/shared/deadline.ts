import { LifeboatError } from "../../recovery/errors";

/** How long before its time-out a function stops by itself, so that it reports what it did instead of being cut. Milliseconds. */
export const DEADLINE_MARGIN_MS = 10_000;

/** Says that there is time to go on, or throws `interrupted` with how far the work came. */
export type Deadline = (progress: () => string) => void;

/** `remainingMs` is the Lambda context's. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export const deadlineOf =
  (remainingMs: () => number, marginMs: number = DEADLINE_MARGIN_MS): Deadline =>
  (progress) => {
    const left = remainingMs();
    if (left > marginMs) return;
    throw new LifeboatError({
      code: "interrupted",
      what: "The function stopped before its time-out would have cut it",
      received: `${Math.round(left / 1000)} s left; ${progress()}`,
      allowed: `more than ${Math.round(marginMs / 1000)} s left`,
      hint: "Call it again, or give it a longer time-out",
    });
  };

export const noDeadline: Deadline = () => {};
