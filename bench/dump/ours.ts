import { copyFile, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "../../local/process";
import { secondsOf } from "../report";
import type { DumpRun } from "./limit";

const FILES = resolve(__dirname, "..", "..", "infra", "components", "postgres", "dump");

export interface DumpAccess {
  readonly username: string;
  readonly password: string;
  readonly authorities: string;
}

/**
 * The backup job's own step, as it is deployed: it finds the databases, holds a snapshot, counts rows in it, dumps, splits, hashes, and reads all of it
 * back, which the client's own way does not.
 * @param env the connection, as libpq's variables, and the PATH of the client
 */
export const dumpStep = async (env: NodeJS.ProcessEnv, directory: string, access: DumpAccess): Promise<DumpRun> => {
  const credentials = join(directory, "credentials");
  await mkdir(credentials, { recursive: true });
  await writeFile(join(credentials, "username"), access.username);
  await writeFile(join(credentials, "password"), access.password);
  await copyFile(access.authorities, join(credentials, "authorities.pem"));
  const seconds = await secondsOf(async () => {
    const { code, stderr } = await run({
      command: "bash",
      args: [join(FILES, "dump.sh")],
      env: { ...env, SYSTEM: "bench", WORK: directory, FILES, CREDENTIALS: credentials },
    });
    if (code !== 0) throw new Error(`dump.sh ended with code ${code}: ${stderr}`);
  });
  const bytes = await partBytes(join(directory, "dump"));
  await rm(directory, { recursive: true });
  return { seconds, bytes };
};

const partBytes = async (directory: string): Promise<number> => {
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(".zst"));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};
