import { resolve } from "node:path";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { COMMANDS } from "./commands";
import { dispatch } from "./dispatch";

const PROJECT = resolve(__dirname, "..", "..");

/** 0 done, 1 done and something is wrong, or an error; 130 interrupted. */
const main = (): Promise<number> => {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      process.stderr.write("\nInterrupted: what is under way is finished, a second time ends it at once\n");
      interrupt.abort(
        new LifeboatError({
          code: "interrupted",
          what: "The command was interrupted",
          hint: "Start it again: it goes on where it stopped",
        }),
      );
    });
  return dispatch(COMMANDS, process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    environment: process.env,
    projectDir: PROJECT,
    now: () => new Date(),
    signal: interrupt.signal,
  });
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = error instanceof LifeboatError && error.code === "interrupted" ? 130 : 1;
  },
);
