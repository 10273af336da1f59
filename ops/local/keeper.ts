import { resolve } from "node:path";
import { terminalProgress } from "../../local/progress";
import { messageOf } from "../../recovery/errors";
import { homeOf } from "./home";
import { AskedToStop, keep } from "./keeping";
import { bothProgress, type Message, sentProgress } from "./messages";

/** What was started is given this long to stop when this process can no longer trust itself. */
const LAST_GRACE_MS = 20_000;

const stop = new AbortController();
let ready = false;
/** What has been told so far has left this process. */
let told: Promise<void> = Promise.resolve();

const report = (message: Message): void => {
  if (message.kind === "failed") process.stderr.write(`${message.reason}\n`);
  // Once the command that started this has what it waited for, it may be gone at any time.
  if (process.connected !== true) return;
  ready ||= message.kind === "ready";
  told = new Promise((done) =>
    process.send?.(message, undefined, undefined, () => {
      if (message.kind === "ready" && process.connected) process.disconnect();
      done();
    }),
  );
};

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort(new Error(`it was stopped by ${signal}`)));
// It outlives the terminal that it was started from.
process.on("SIGHUP", () => undefined);
process.on("disconnect", () => {
  if (!ready) stop.abort(new AskedToStop("the command that started it ended"));
});

const crash = (thrown: unknown): void => {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}\n`);
  process.exitCode = 1;
  stop.abort(new Error(`it crashed: ${messageOf(thrown)}`));
  setTimeout(() => process.exit(1), LAST_GRACE_MS).unref();
};
process.on("uncaughtException", crash);
process.on("unhandledRejection", crash);

process.stderr.write(`--- ${new Date().toISOString()} process ${process.pid}\n`);
const projectDir = resolve(__dirname, "..", "..");
keep({
  home: homeOf(projectDir, process.env),
  projectDir,
  progress: bothProgress(terminalProgress(process.stderr, Date.now), sentProgress(report)),
  stop,
  report,
  now: () => new Date(),
})
  .catch((error: unknown) => {
    process.exitCode = 1;
    report({ kind: "failed", reason: messageOf(error) });
  })
  .then(() => told)
  // Children that are still under way, an installation among them, end with this process.
  .then(() => process.exit());
