import { join } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import { run } from "../../process";
import type { Account } from "./account";

/** PostgreSQL's programs, run as the servers' user. */
export interface Tools {
  readonly account: Account;
  readonly environment: Readonly<Record<string, string>>;
  /** "15.14" */
  readonly version: string;
  /** The names of all settings that a configuration file may hold. */
  readonly settings: ReadonlySet<string>;
  path(tool: string): string;
  /** Runs one to its end, whatever its exit code. */
  attempt(tool: string, args: readonly string[], how?: How): Promise<Ended>;
  /** @throws LifeboatError unless it ends with 0; `doing` completes "Could not ...". */
  must(doing: string, tool: string, args: readonly string[], how?: How): Promise<string>;
  /** A program of the system, as the servers' user. @throws LifeboatError unless it ends with 0. */
  system(doing: string, command: string, args: readonly string[]): Promise<string>;
}

export interface How {
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the program. */
  readonly signal?: AbortSignal;
  /** It takes the processor that nobody else wants. */
  readonly background?: boolean;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const createTools = async (binDirectory: string, root: string, account: Account): Promise<Tools> => {
  const path = (tool: string): string => join(binDirectory, tool);
  // Nothing of the person's own: libpq reads PG* variables and the home's .pgpass and certificates, and fails on a home that it may not read.
  const environment = { PATH: `${binDirectory}:/usr/local/bin:/usr/bin:/bin`, HOME: root, LC_ALL: "C", TZ: "UTC" };
  const start = (command: string, args: readonly string[], how: How = {}): Promise<Ended> =>
    run({
      ...(how.background === true ? { command: "nice", args: ["-n", "10", command, ...args] } : { command, args }),
      env: { ...environment, ...how.environment },
      cwd: root,
      signal: how.signal,
      ...account,
    });
  const judged = (doing: string, command: string, { code, stdout, stderr }: Ended): string => {
    if (code === 0) return stdout;
    throw new LifeboatError({
      code: "toolchain",
      what: `Could not ${doing}`,
      received: `${command} ended with code ${code}: ${stderr.trim().split("\n").slice(-5).join(" | ")}`,
      hint: "The server's own log says more, and so does the disk's free space",
    });
  };
  const must = async (doing: string, tool: string, args: readonly string[], how?: How): Promise<string> =>
    judged(doing, tool, await start(path(tool), args, how));
  const [version, described] = await Promise.all([
    must("ask PostgreSQL its version", "postgres", ["--version"]),
    must("ask PostgreSQL its settings", "postgres", ["--describe-config"]),
  ]);
  return {
    account,
    environment,
    version: /\(PostgreSQL\) (\S+)/.exec(version)?.[1] ?? version.trim(),
    settings: new Set(described.split("\n").flatMap((line) => line.split("\t")[0] || [])),
    path,
    attempt: (tool, args, how) =>
      tool === "pg_verifybackup" ? start("nice", ["-n", "10", path(tool), ...args], how) : start(path(tool), args, how),
    must,
    system: async (doing, command, args) => judged(doing, command, await start(command, args)),
  };
};
