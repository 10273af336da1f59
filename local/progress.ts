/** Tells a person what is going on and why it takes time. */
export interface Progress {
  step(label: string): Step;
}

export interface Step {
  /** `fraction` is between 0 and 1, where it is known. */
  update(detail: string, fraction?: number): void;
  done(detail?: string): void;
  fail(detail: string): void;
}

/** Milliseconds of any epoch; only differences are shown. */
export type ClockMs = () => number;

/** What a terminal, a pipe and a test's buffer have in common. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where nobody reads along, a step that is still busy says so this often. */
const PLAIN_INTERVAL_MS = 5_000;
const REDRAW_MS = 100;
const BAR_WIDTH = 20;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

interface Open {
  readonly label: string;
  readonly startedAtMs: number;
  detail: string;
  fraction?: number;
}

const secondsSince = (startedAtMs: number, nowMs: number): string => `${((nowMs - startedAtMs) / 1000).toFixed(1)} s`;

const withDetail = (text: string, detail: string | undefined): string =>
  detail === undefined || detail === "" ? text : `${text}: ${detail}`;

const bar = (fraction: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return `[${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)}] `;
};

/** One line that is rewritten, on a terminal; plain lines at the start and the end of each step, elsewhere. */
export const terminalProgress = (stream: ProgressStream, clock: ClockMs): Progress =>
  stream.isTTY === true ? rewrittenLine(stream, clock) : plainLines(stream, clock);

const plainLines = (stream: ProgressStream, clock: ClockMs): Progress => ({
  step: (label) => {
    const startedAtMs = clock();
    let saidAtMs = startedAtMs;
    stream.write(`  ${label} ...\n`);
    return {
      update: (detail) => {
        if (clock() - saidAtMs < PLAIN_INTERVAL_MS) return;
        saidAtMs = clock();
        stream.write(`  ${withDetail(label, detail)} (${secondsSince(startedAtMs, saidAtMs)})\n`);
      },
      done: (detail) => stream.write(`✔ ${withDetail(label, detail)} (${secondsSince(startedAtMs, clock())})\n`),
      fail: (detail) => stream.write(`✘ ${withDetail(label, detail)} (${secondsSince(startedAtMs, clock())})\n`),
    };
  },
});

/** Steps may overlap: the line shows the one that spoke last, with the number of the others. */
const rewrittenLine = (stream: ProgressStream, clock: ClockMs): Progress => {
  const open: Open[] = [];
  let frame = 0;
  let ticking: NodeJS.Timeout | undefined;

  const clear = (): void => void stream.write("\r\x1b[2K");
  const draw = (): void => {
    const top = open.at(-1);
    if (top === undefined) return;
    const others = open.length > 1 ? ` (+${open.length - 1})` : "";
    const head = `${SPINNER[frame % SPINNER.length]} ${top.fraction === undefined ? "" : bar(top.fraction)}`;
    const line = `${head}${withDetail(top.label, top.detail)}${others} ${secondsSince(top.startedAtMs, clock())}`;
    clear();
    // A line that wraps cannot be rewritten.
    stream.write(line.slice(0, Math.max(20, (stream.columns ?? 80) - 1)));
  };
  const tick = (): void => {
    frame += 1;
    draw();
  };
  const end = (step: Open, mark: string, detail: string | undefined): void => {
    const at = open.indexOf(step);
    if (at === -1) return;
    open.splice(at, 1);
    clear();
    stream.write(`${mark} ${withDetail(step.label, detail)} (${secondsSince(step.startedAtMs, clock())})\n`);
    if (open.length > 0) {
      draw();
      return;
    }
    clearInterval(ticking);
    ticking = undefined;
  };

  return {
    step: (label) => {
      const step: Open = { label, startedAtMs: clock(), detail: "" };
      open.push(step);
      ticking ??= setInterval(tick, REDRAW_MS).unref();
      draw();
      return {
        update: (detail, fraction) => {
          const at = open.indexOf(step);
          if (at === -1) return;
          Object.assign(step, { detail, fraction });
          open.push(...open.splice(at, 1));
        },
        done: (detail) => end(step, "\x1b[32m✔\x1b[0m", detail),
        fail: (detail) => end(step, "\x1b[31m✘\x1b[0m", detail),
      };
    },
  };
};

/** For tests and for output that must be JSON only. */
export const silentProgress: Progress = {
  step: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
};
