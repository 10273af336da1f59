import { messageOf } from "../../../recovery/errors";
import type { Store } from "../api/store";

/** Node fires a timer of more than 24.8 days at once; a day is more than any controller need sleep. https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_WAIT_MS = 86_400_000;

/** Runs every controller's pass after each change, many changes at once, until nothing changes any more. */
export class ControlLoop {
  private scheduled = false;
  private stopped = false;
  private wake: { readonly atMs: number; readonly timer: NodeJS.Timeout } | undefined;
  private readonly unsubscribe: () => void;

  constructor(
    store: Store,
    private readonly passes: () => readonly (() => void)[],
    private readonly log: (line: string) => void,
  ) {
    this.unsubscribe = store.onChange(() => this.request());
  }

  request(): void {
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (!this.stopped) this.runAll();
    });
  }

  /** The earliest of what was asked for is enough: whoever still waits then asks again. */
  wakeIn(ms: number): void {
    const delayMs = Math.min(ms, LONGEST_WAIT_MS);
    const atMs = performance.now() + delayMs;
    if (this.stopped || (this.wake !== undefined && this.wake.atMs <= atMs)) return;
    clearTimeout(this.wake?.timer);
    const timer = setTimeout(() => {
      this.wake = undefined;
      this.request();
    }, delayMs);
    timer.unref();
    this.wake = { atMs, timer };
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    clearTimeout(this.wake?.timer);
  }

  /** One controller's failure must not stop the others. */
  private runAll(): void {
    for (const pass of this.passes()) {
      try {
        pass();
      } catch (thrown) {
        this.log(`a controller's pass failed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}`);
      }
    }
  }
}
