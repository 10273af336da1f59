import { resolve } from "node:path";
import { LifeboatError, messageOf } from "../../recovery/errors";
import type { CommandIo } from "../lifeboat/command";
import { down } from "./down";
import { env } from "./env";
import { type LocalOptions, parseLocalOptions } from "./options";
import { status } from "./status";
import { up } from "./up";

const carryOut = (options: LocalOptions, io: CommandIo): Promise<number> => {
  switch (options.command) {
    case "up":
      return up(io);
    case "status":
      return status(options, io);
    case "env":
      return env(options, io);
    case "down":
      return down(io);
  }
};

/** 0 done, 1 not running or an error, 2 wrong words, 130 interrupted. */
const main = async (): Promise<number> => {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      process.stderr.write("\nInterrupted\n");
      const what = "The command was interrupted, and what it had started is stopped";
      interrupt.abort(new LifeboatError({ code: "interrupted", what, hint: "See what runs: npm run local -- status" }));
    });
  return carryOut(parseLocalOptions(process.argv.slice(2)), {
    out: (text) => void process.stdout.write(text),
    environment: process.env,
    projectDir: resolve(__dirname, "..", ".."),
    now: () => new Date(),
    signal: interrupt.signal,
  });
};

const EXIT_CODES: Readonly<Partial<Record<LifeboatError["code"], number>>> = { configuration: 2, interrupted: 130 };

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = error instanceof LifeboatError ? (EXIT_CODES[error.code] ?? 1) : 1;
  },
);
