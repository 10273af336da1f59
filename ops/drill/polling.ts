import { setTimeout as sleep } from "node:timers/promises";
import { LifeboatError } from "../../recovery/errors";
import type { DrillContext } from "./context";

const POLL_MS = 200;

export interface Awaited<T> {
  /** "the failover" */
  readonly what: string;
  /** Undefined until it has come; `seen` is what there is instead. */
  look(): Promise<{ readonly found?: T; readonly seen: string }>;
  readonly timeoutSeconds: number;
  readonly hint: string;
}

/** Looks again and again. @throws LifeboatError, code store-unavailable, when it has not come in time. */
export const until = async <T>(
  { what, look, timeoutSeconds, hint }: Awaited<T>,
  { now, signal }: Pick<DrillContext, "now" | "signal">,
  onSeen: (seen: string) => void = () => undefined,
): Promise<T> => {
  const deadlineMs = now().getTime() + timeoutSeconds * 1000;
  for (;;) {
    const { found, seen } = await look();
    if (found !== undefined) return found;
    if (now().getTime() >= deadlineMs)
      throw new LifeboatError({ code: "store-unavailable", what: `${what} did not come within ${timeoutSeconds} s`, received: seen, hint });
    onSeen(seen);
    await sleep(POLL_MS, undefined, { signal });
  }
};
