import { messageOf } from "../../../recovery/errors";
import type { Store } from "../api/store";

/** Runs every controller's pass after each change, many changes at once, until nothing changes any more. */
export class ControlLoop {
  private scheduled = false;
  private stopped = false;
  private readonly timers = new Set<NodeJS.Timeout>();
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

  wakeIn(ms: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.request();
    }, ms);
    timer.unref();
    this.timers.add(timer);
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    for (const timer of this.timers) clearTimeout(timer);
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
