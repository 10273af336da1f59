import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LifeboatError } from "../../recovery/errors";
import { findOnPath, run } from "../process";
import type { Progress } from "../progress";

/** The version that the program deploys; a newer one will do where it is absent. */
const WANTED_MAJOR = 15;
/** A complete installation has them; PATH may hold the clients alone. */
const REQUIRED = ["initdb", "postgres", "pg_basebackup", "pg_verifybackup", "pg_waldump"];
/** Where Debian's packages put each version's servers; only the clients are on its PATH. */
const DEBIAN = "/usr/lib/postgresql";

export interface PostgresOptions {
  readonly progress: Progress;
  readonly environment: NodeJS.ProcessEnv;
  /** As root, missing servers are installed; anyone else is told the command. */
  readonly isRoot: boolean;
  /** For tests: the directory with a directory for each version. */
  readonly versionsDirectory?: string;
}

/** The directory of a complete set of PostgreSQL's own programs. */
export const ensurePostgres = async (options: PostgresOptions): Promise<string> => {
  const found = (await findPostgres(options)) ?? (await installPostgres(options));
  if (found !== undefined) return found;
  throw new LifeboatError({
    code: "toolchain",
    what: "No PostgreSQL server was found",
    received: `${options.versionsDirectory ?? DEBIAN}/*/bin, pg_config and PATH=${options.environment.PATH ?? ""}`,
    allowed: `PostgreSQL ${WANTED_MAJOR} or later with ${REQUIRED.join(", ")}`,
    hint: "Run: sudo apt-get install postgresql (macOS: brew install postgresql@15)",
  });
};

const findPostgres = async (options: PostgresOptions): Promise<string | undefined> => {
  const candidates = [...(await debianBins(options.versionsDirectory ?? DEBIAN)), ...(await configuredBin(options)), ...binOnPath(options)];
  const complete = candidates.filter((bin) => REQUIRED.every((tool) => existsSync(join(bin, tool))));
  const majors = await Promise.all(complete.map((bin) => majorOf(bin, options.environment)));
  const usable = complete.flatMap((bin, at) => ((majors[at] ?? 0) >= WANTED_MAJOR ? [{ bin, major: majors[at] ?? 0 }] : []));
  return (usable.find(({ major }) => major === WANTED_MAJOR) ?? usable.sort((a, b) => b.major - a.major)[0])?.bin;
};

const debianBins = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).map((version) => join(directory, version, "bin"));
  } catch {
    return [];
  }
};

const configuredBin = async ({ environment }: PostgresOptions): Promise<readonly string[]> => {
  const command = findOnPath("pg_config", environment.PATH ?? "");
  if (command === undefined) return [];
  const { code, stdout } = await run({ command, args: ["--bindir"], env: environment });
  return code === 0 ? [stdout.trim()] : [];
};

const binOnPath = ({ environment }: PostgresOptions): readonly string[] => {
  const postgres = findOnPath("postgres", environment.PATH ?? "");
  return postgres === undefined ? [] : [dirname(postgres)];
};

const majorOf = async (bin: string, environment: NodeJS.ProcessEnv): Promise<number> => {
  const { stdout } = await run({ command: join(bin, "postgres"), args: ["--version"], env: environment });
  return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? 0);
};

const installPostgres = async (options: PostgresOptions): Promise<string | undefined> => {
  const { environment } = options;
  if (!options.isRoot || findOnPath("apt-get", environment.PATH ?? "") === undefined) return undefined;
  const step = options.progress.step("installing PostgreSQL: apt-get install postgresql");
  const result = await run({
    command: "apt-get",
    args: ["install", "-y", "--no-install-recommends", "postgresql"],
    env: { ...environment, DEBIAN_FRONTEND: "noninteractive" },
  });
  const found = await findPostgres(options);
  if (found === undefined) step.fail(result.stderr.trim().split("\n").slice(-2).join(" | "));
  else step.done(found);
  return found;
};
