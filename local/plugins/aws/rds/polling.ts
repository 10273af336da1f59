import { setTimeout as pause } from "node:timers/promises";

export interface Patience {
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

const shortestMilliseconds = 1_000;
const longestMilliseconds = 10_000;

const paused = (milliseconds: number, signal: AbortSignal | undefined) => pause(milliseconds, undefined, { signal });

/**
 * The first answer of `probe`; undefined when there is none within the timeout. Pauses grow with what was waited so far (a tenth of it, 1 to
 * 10 s): what takes seconds is seen within a second, and what takes an hour costs few calls.
 */
export async function until<T>(
  probe: () => Promise<T | undefined>,
  { timeoutSeconds, signal, wait = paused }: Patience,
): Promise<T | undefined> {
  for (let waitedMilliseconds = 0; ; ) {
    const found = await probe();
    if (found !== undefined || waitedMilliseconds >= timeoutSeconds * 1_000) return found;
    const milliseconds = Math.min(Math.max(waitedMilliseconds / 10, shortestMilliseconds), longestMilliseconds);
    await wait(milliseconds, signal);
    waitedMilliseconds += milliseconds;
  }
}
