import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { tailOf } from "../../local/process";
import type { Progress } from "../../local/progress";
import { LifeboatError } from "../../recovery/errors";
import { HOME_VARIABLE, type Home, openHome } from "./home";
import { Message, shownProgress } from "./messages";
import { isOfSession } from "./shell";

export interface BackgroundOptions {
  readonly home: Home;
  readonly projectDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly progress: Progress;
  /** Stops what has been started so far. */
  readonly signal: AbortSignal;
}

/** Starts the background process in a session of its own and waits until it is ready, or until another one has the lock. */
export const startBackground = async (options: BackgroundOptions): Promise<"ready" | "held"> => {
  const { home, signal } = options;
  signal.throwIfAborted();
  await openHome(home);
  const child = spawnKeeper(options);
  // Without its starter it gives up by itself; once it is ready it listens to signals only.
  const interrupt = (): void => void (child.connected ? child.disconnect() : child.kill("SIGTERM"));
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    const outcome = await outcomeOf(child, home.log, shownProgress(options.progress));
    if (signal.aborted) {
      await exitOf(child);
      throw signal.reason;
    }
    if (outcome.kind === "ready" || outcome.kind === "held") return outcome.kind;
    throw notStarted(home, outcome.reason);
  } finally {
    signal.removeEventListener("abort", interrupt);
    if (child.connected) child.disconnect();
    child.unref();
  }
};

const spawnKeeper = ({ home, projectDir, environment }: BackgroundOptions): ChildProcess => {
  const log = openSync(home.log, "a", 0o600);
  try {
    return spawn(process.execPath, ["--import=tsx", join(__dirname, "keeper.ts")], {
      cwd: projectDir,
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
      env: { ...withoutSession(environment), [HOME_VARIABLE]: home.directory },
    });
  } finally {
    closeSync(log);
  }
};

const withoutSession = (environment: BackgroundOptions["environment"]): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !isOfSession(name)));

type Outcome = Exclude<Message, { kind: "step" }>;

const outcomeOf = (child: ChildProcess, logFile: string, show: (message: Extract<Message, { kind: "step" }>) => void): Promise<Outcome> =>
  new Promise((done) => {
    child.on("message", (raw) => {
      const message = Message.parse(raw);
      if (message.kind === "step") show(message);
      else done(message);
    });
    child.once("error", (error) => done({ kind: "failed", reason: error.message }));
    child.once("exit", (code, killed) =>
      done({ kind: "failed", reason: `it ended with ${killed ?? `code ${code}`}\n${tailOf(logFile, 10)}` }),
    );
  });

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    child.once("exit", () => done());
  });

const notStarted = (home: Home, reason: string): LifeboatError =>
  new LifeboatError({
    code: "toolchain",
    what: "The embedded AWS did not start",
    received: reason,
    hint: `Read ${home.log}, and start it again: npm run local -- up`,
  });
