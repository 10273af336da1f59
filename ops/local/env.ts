import type { DatabaseSecret, LiveEndpoints } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import type { CommandIo } from "../lifeboat/command";
import { environmentOf } from "./endpoints";
import { homeOf } from "./home";
import { liveAws } from "./live";
import { observe } from "./observe";
import type { EnvOptions } from "./options";
import { isOfSession, type ShellChanges, shellLines } from "./shell";
import type { StackName, State } from "./state";
import type { Running } from "./summary";

/** Prints what a shell needs for a stack, or every endpoint as JSON. @throws LifeboatError when nothing runs. */
export const env = async ({ json, stack }: EnvOptions, io: CommandIo): Promise<number> => {
  const home = homeOf(io.projectDir, io.environment);
  const { state, facts } = await runningOnly(io);
  const aws = liveAws(state);
  const live = await aws.endpoints();
  if (json) {
    const existingBuckets = await aws.buckets();
    const environment = environmentOf({ home, state, facts, live, existingBuckets, path: io.environment.PATH ?? "" });
    io.out(`${JSON.stringify(environment, null, 2)}\n`);
    return 0;
  }
  const database = live === undefined ? undefined : { live, secret: await aws.databaseSecret(live) };
  io.out(shellLines(changesFor({ state, stack, database, inherited: Object.keys(io.environment) })));
  return 0;
};

const runningOnly = async (io: CommandIo): Promise<Running> => {
  const seen = await observe(homeOf(io.projectDir, io.environment));
  if (seen.is === "running") return seen;
  throw new LifeboatError({
    code: "toolchain",
    what: "No embedded AWS runs",
    received: seen.is === "busy" ? `it is ${seen.doing}` : undefined,
    hint: "Start it: npm run local -- up; what happened to an earlier one: npm run local -- status",
  });
};

export const changesFor = (question: {
  readonly state: State;
  readonly stack: StackName;
  readonly database?: { readonly live: LiveEndpoints; readonly secret: DatabaseSecret };
  /** The names of the variables that the shell has. */
  readonly inherited: readonly string[];
}): ShellChanges => {
  const { state, stack, database, inherited } = question;
  const set = { ...state.stacks[stack].variables, ...(database === undefined ? {} : databaseVariables(database)) };
  return { set, unset: inherited.filter((name) => isOfSession(name) && !(name in set)).sort(), path: state.path };
};

/** https://www.postgresql.org/docs/15/libpq-envars.html */
const databaseVariables = ({ live, secret }: { readonly live: LiveEndpoints; readonly secret: DatabaseSecret }) => ({
  PGHOST: live.postgres.host,
  PGPORT: String(live.postgres.port),
  PGDATABASE: live.postgres.database,
  PGUSER: secret.username,
  PGPASSWORD: secret.password,
});
