/** Bytes under way, in order, each delivered some time after it was put in. */
export interface DelayLine {
  /** `delayMs`: of this chunk; one that is put in later never overtakes. */
  put(chunk: Buffer, delayMs: number): void;
  /** Delivers what is due, until `deliver` says that it takes no more for now; called again once it does. */
  release(): void;
  /** Drops what is under way, for good. */
  end(): void;
  readonly bytes: number;
}

export interface DelayLineOptions {
  /** false: it has taken the chunk, and takes no other until `release` is called. */
  readonly deliver: (chunk: Buffer) => boolean;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  /** The answer takes it back. */
  readonly schedule: (work: () => void, delayMs: number) => () => void;
}

export const createDelayLine = ({ deliver, now, schedule }: DelayLineOptions): DelayLine => {
  const chunks: { readonly chunk: Buffer; readonly dueAt: number }[] = [];
  let bytes = 0;
  let ended = false;
  let takes = true;
  let cancel: (() => void) | undefined;

  const releaseDue = (): void => {
    cancel?.();
    cancel = undefined;
    while (takes && !ended) {
      const first = chunks[0];
      if (first === undefined) return;
      const waitMs = first.dueAt - now();
      if (waitMs > 0) {
        cancel = schedule(releaseDue, waitMs);
        return;
      }
      chunks.shift();
      bytes -= first.chunk.length;
      takes = deliver(first.chunk);
    }
  };

  return {
    put: (chunk, delayMs) => {
      if (ended) return;
      const dueAt = Math.max(now() + delayMs, chunks.at(-1)?.dueAt ?? 0);
      chunks.push({ chunk, dueAt });
      bytes += chunk.length;
      if (chunks.length === 1) releaseDue();
    },
    release: () => {
      takes = true;
      releaseDue();
    },
    end: () => {
      ended = true;
      cancel?.();
      chunks.length = 0;
      bytes = 0;
    },
    get bytes() {
      return bytes;
    },
  };
};
