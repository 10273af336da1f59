import { mkdir, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { LifeboatError } from "../../recovery/errors";

/** Where the background process keeps what it runs with, one file for each question that another command has. */
export interface Home {
  readonly directory: string;
  /** Says that the directory is one of these: only then may anything in it be deleted. */
  readonly marker: string;
  /** Who works here now: appears whole, and belongs to one process. */
  readonly lock: string;
  /** Written last: while it is there, everything that it names is there. */
  readonly state: string;
  /** Why the background process ended, when it ended by itself. */
  readonly ending: string;
  readonly log: string;
  /** Access keys with their secrets, for people. */
  readonly credentials: string;
}

/** Another directory runs another embedded AWS beside the first. */
export const HOME_VARIABLE = "LIFEBOAT_LOCAL_DIR";

export const homeOf = (projectDir: string, environment: Readonly<Record<string, string | undefined>>): Home => {
  const directory = resolve(environment[HOME_VARIABLE] || join(projectDir, ".lifeboat", "local"));
  return {
    directory,
    marker: join(directory, "embedded-aws"),
    lock: join(directory, "lock.json"),
    state: join(directory, "state.json"),
    ending: join(directory, "ending.json"),
    log: join(directory, "background.log"),
    credentials: join(directory, "credentials.json"),
  };
};

/** What explains a failure: it stays until the next `up` or `down`. */
export const LOGS: readonly string[] = ["background.log", "ministack.log", "databases", "ending.json"];

/** Makes the directory, or takes one that is empty or was made here. @throws LifeboatError for any other, which is left as it is. */
export const openHome = async (home: Home): Promise<void> => {
  await mkdir(home.directory, { recursive: true });
  const names = await readdir(home.directory);
  // Another command may be making it, or taking it away, at this moment: its lock and its log come first and go last.
  const foreign = names.filter((name) => !name.startsWith(basename(home.lock)) && name !== basename(home.log));
  if (foreign.length > 0 && !names.includes(basename(home.marker))) throw notOurs(home, foreign);
  await writeFile(home.marker, "Made by npm run local -- up, taken away by npm run local -- down.\n");
};

/** Deletes what is in the home, but for the lock and what is named. Only who holds the lock may. */
export const clearHome = async (home: Home, kept: readonly string[]): Promise<void> => {
  // The state goes first: what it names is about to go.
  await rm(home.state, { force: true });
  const spared = new Set([home.lock, home.marker, ...kept.map((name) => join(home.directory, name))]);
  const entries = (await readdir(home.directory)).map((name) => join(home.directory, name));
  await Promise.all(entries.filter((path) => !spared.has(path)).map((path) => rm(path, { recursive: true, force: true })));
};

/** After the lock was released. Another command that has come meanwhile keeps its home. */
export const removeHome = async (home: Home): Promise<void> => {
  const names = await readdir(home.directory);
  if (names.some((name) => name !== basename(home.marker))) return;
  await rm(home.marker, { force: true });
  await rmdir(home.directory).catch(() => undefined);
};

const notOurs = ({ directory }: Home, foreign: readonly string[]): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: "The directory for the embedded AWS holds something else",
    received: `${directory} with ${foreign.slice(0, 3).join(", ")}${foreign.length > 3 ? ` and ${foreign.length - 3} more` : ""}`,
    allowed: "a new or an empty directory",
    hint: `Name another one in ${HOME_VARIABLE}: all that is in it is deleted by down`,
  });
