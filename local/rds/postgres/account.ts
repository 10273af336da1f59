import { chownSync, existsSync, mkdirSync } from "node:fs";
import { access, chown, constants, mkdir, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import { run } from "../../process";

/** Who runs the servers. Without ids: the person who runs this. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** `initdb` and `postgres` refuse root: https://www.postgresql.org/docs/15/postgres-user.html */
export const serverAccount = async (isRoot = process.getuid?.() === 0): Promise<Account> => {
  if (!isRoot) return {};
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = await Promise.all([idOf("-u", name), idOf("-g", name)]);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new LifeboatError({
    code: "toolchain",
    what: "PostgreSQL does not run as root, and there is no user to run it as",
    received: "neither postgres nor nobody is a user of this machine",
    hint: "Run as a person, or add the user: useradd --system postgres",
  });
};

const idOf = async (which: "-u" | "-g", name: string): Promise<number | undefined> => {
  const { code, stdout } = await run({ command: "id", args: [which, name] });
  return code === 0 ? Number(stdout.trim()) : undefined;
};

/**
 * The root of all data: the one that was asked for when the servers' user can reach it, else a new one below the system's temporary directory
 * (a checkout below /root is closed to everyone but root).
 */
export const makeRoot = async (wanted: string, account: Account): Promise<{ readonly root: string; readonly temporary: boolean }> => {
  const root = resolve(wanted);
  if (await isReachable(dirname(root), account)) {
    await mkdir(root, { recursive: true });
    await own(root, account);
    return { root, temporary: false };
  }
  const temporary = await mkdtemp(join(tmpdir(), "lifeboat-rds-"));
  await own(temporary, account);
  return { root: temporary, temporary: true };
};

const OTHERS_SEARCH = 0o001;

const isReachable = async (directory: string, { uid }: Account): Promise<boolean> => {
  if (uid === undefined) return true;
  const parent = dirname(directory);
  const above = parent === directory || (await isReachable(parent, { uid }));
  if (!above) return false;
  try {
    await access(directory, constants.F_OK);
  } catch {
    // It will be made by this process, for everyone to search.
    return true;
  }
  const { uid: owner, mode } = await stat(directory);
  return owner === uid || (mode & OTHERS_SEARCH) !== 0;
};

export const own = async (path: string, { uid, gid }: Account): Promise<void> => {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
};

/** Makes the directories between `root` and `path` that are missing, each the servers' user's own. */
export const makeOwned = (root: string, path: string, account: Account): string => {
  if (path === root) return path;
  makeOwned(root, dirname(path), account);
  if (existsSync(path)) return path;
  mkdirSync(path, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  return path;
};
