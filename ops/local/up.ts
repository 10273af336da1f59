import { setTimeout as sleep } from "node:timers/promises";
import { type Progress, type Step, terminalProgress } from "../../local/progress";
import { LifeboatError } from "../../recovery/errors";
import type { CommandIo } from "../lifeboat/command";
import { startBackground } from "./background";
import { type Home, homeOf } from "./home";
import { type Observation, observe } from "./observe";
import { endpointLines, nextLines, type Running, runningSince } from "./summary";

const POLL_MS = 200;

/** Starts the embedded AWS where none runs, and shows how to use it. Resolves to the exit code. */
export const up = async (io: CommandIo): Promise<number> => {
  const home = homeOf(io.projectDir, io.environment);
  const progress = terminalProgress(process.stderr, Date.now);
  const already = await observe(home);
  const running = already.is === "running" ? already : await started(home, progress, io);
  const head = already.is === "running" ? "The embedded AWS runs already" : "The embedded AWS runs";
  io.out(`${[`${head} (${runningSince(running)}).`, ...endpointLines(running.state), "", ...nextLines()].join("\n")}\n`);
  return 0;
};

/** Another `up`, or a `down` that has not ended, comes first. */
const started = async (home: Home, progress: Progress, io: CommandIo): Promise<Running> => {
  for (;;) {
    const seen = await settled(home, progress, io.signal);
    if (seen.is === "running") return seen;
    if (seen.is === "silent") throw silent(seen.holder.process.pid, home);
    const { projectDir, environment, signal } = io;
    await startBackground({ home, projectDir, environment, progress, signal });
  }
};

const settled = async (home: Home, progress: Progress, signal: AbortSignal): Promise<Exclude<Observation, { is: "busy" }>> => {
  let step: Step | undefined;
  for (;;) {
    const seen = await observe(home);
    if (seen.is !== "busy") {
      step?.done();
      return seen;
    }
    step ??= progress.step(`Waiting for another command: process ${seen.holder.process.pid} is ${seen.doing}`);
    await sleep(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
};

const silent = (pid: number, home: Home): LifeboatError =>
  new LifeboatError({
    code: "toolchain",
    what: "An embedded AWS runs here and does not answer",
    received: `process ${pid}, log ${home.log}`,
    hint: "End it with npm run local -- down, then start it again",
  });
