import { LifeboatError } from "../../recovery/errors";
import type { Command, CommandIo } from "./command";

const ASKS_FOR_HELP = new Set(["--help", "-h", "help"]);

/** Runs the command that the arguments name, or says which there are. @throws LifeboatError, code configuration, for one that there is not. */
export const dispatch = async (commands: readonly Command[], argv: readonly string[], io: CommandIo): Promise<number> => {
  const [name, ...rest] = argv;
  if (name === undefined || ASKS_FOR_HELP.has(name)) {
    io.out(`${listOf(commands)}\n`);
    return name === undefined ? 1 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined)
    throw new LifeboatError({
      code: "configuration",
      what: "There is no such command",
      received: name,
      allowed: commands.map((candidate) => candidate.name).join(", "),
      hint: "npm run lifeboat -- --help",
    });
  if (rest.some((argument) => argument === "--help" || argument === "-h")) {
    io.out(`${command.name}: ${command.summary}\n${command.usage}\n`);
    return 0;
  }
  return command.run(rest, io);
};

const listOf = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return ["npm run lifeboat -- COMMAND [--help]", "", ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)].join(
    "\n",
  );
};
