import { parseArgs } from "node:util";
import { STACKS, type StackName } from "../../../recovery/backend";
import { LifeboatError, messageOf } from "../../../recovery/errors";

export interface BootstrapOptions {
  readonly stacks: readonly StackName[];
  /** Looks and says; changes nothing. */
  readonly check: boolean;
  readonly json: boolean;
  /** ARN of who may assume the deploy roles. */
  readonly principal?: string;
  /** Lets a role that exists do what this release adds. */
  readonly grant: boolean;
}

export const USAGE = "npm run lifeboat -- bootstrap [--stack prod|dr|all] [--check] [--principal ARN] [--grant] [--json]";

const refused = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed, hint: USAGE });

export const parseBootstrapOptions = (argv: readonly string[]): BootstrapOptions => {
  const values = parsed(argv);
  const { check, json, grant, principal } = values;
  if (principal !== undefined && !/^arn:aws:(iam|sts)::\d{12}:\S+$/.test(principal))
    throw refused("The principal is no ARN of IAM", `--principal ${principal}`, "such as arn:aws:iam::123456789012:role/deployers");
  return { stacks: stacksOf(values.stack), check, json, grant, ...(principal === undefined ? {} : { principal }) };
};

const stacksOf = (text: string): readonly StackName[] => {
  const chosen = STACKS.filter((stack) => text === "all" || text === stack);
  if (chosen.length === 0) throw refused("There is no such stack", `--stack ${text}`, [...STACKS, "all"].join(", "));
  return chosen;
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        stack: { type: "string", default: "all" },
        check: { type: "boolean", default: false },
        principal: { type: "string" },
        grant: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--stack, --check, --principal, --grant, --json");
  }
};
