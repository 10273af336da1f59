import { parseArgs } from "node:util";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { STACK_NAMES, type StackName } from "./state";

export const USAGE = "npm run local -- up | status [--json] | env [--json] [--stack prod|dr] | down";

export interface UpOptions {
  readonly command: "up";
}
export interface StatusOptions {
  readonly command: "status";
  readonly json: boolean;
}
export interface EnvOptions {
  readonly command: "env";
  readonly json: boolean;
  readonly stack: StackName;
}
export interface DownOptions {
  readonly command: "down";
}
export type LocalOptions = UpOptions | StatusOptions | EnvOptions | DownOptions;

const COMMANDS = ["up", "status", "env", "down"] as const;

export const parseLocalOptions = (argv: readonly string[]): LocalOptions => {
  const [word, ...args] = argv;
  const command = COMMANDS.find((known) => known === word);
  if (command === undefined) {
    throw refused(word === undefined ? "A command is missing" : "There is no such command", word ?? "nothing", COMMANDS.join(", "));
  }
  switch (command) {
    case "up":
    case "down":
      parsed(command, args, {});
      return { command };
    case "status":
      return { command, json: parsed(command, args, { json: { type: "boolean" } }).json === true };
    case "env": {
      const { json, stack = "prod" } = parsed(command, args, { json: { type: "boolean" }, stack: { type: "string" } });
      return { command, json: json === true, stack: stackNamed(stack) };
    }
  }
};

const stackNamed = (received: string | boolean): StackName => {
  const found = STACK_NAMES.find((name) => name === received);
  if (found !== undefined) return found;
  throw refused("There is no such stack", `--stack ${received}`, STACK_NAMES.join(", "));
};

type Flags = Readonly<Record<string, { readonly type: "boolean" | "string" }>>;

const parsed = (command: string, args: readonly string[], options: Flags): Readonly<Record<string, string | boolean | undefined>> => {
  try {
    return parseArgs({ args: [...args], options }).values as Record<string, string | boolean | undefined>;
  } catch (error) {
    const flags = Object.keys(options).map((name) => `--${name}`);
    throw refused(messageOf(error), [command, ...args].join(" "), `${command} with ${flags.join(", ") || "nothing after it"}`);
  }
};

const refused = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed, hint: USAGE });
