import { randomInt } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LifeboatError } from "../recovery/errors";

/**
 * Below what systems take for outgoing connections, 32768 and up on Linux (`net.ipv4.ip_local_port_range`) and 49152 elsewhere: a port out of that
 * range can be taken by anybody's connection between the moment it was found free and the moment its server starts.
 */
const AT_ONCE = { from: 20_000, to: 32_000 } as const;
/** For servers that start much later. Each is kept for its process, so that no other run on this machine is given it meanwhile. */
const LATER = { from: 15_000, to: 20_000 } as const;
const ATTEMPTS = 200;

/** A port of 127.0.0.1 that was free a moment ago: start the server at once, and read its log when it did not get it. */
export const freePort = (): Promise<number> => findPort(AT_ONCE, () => true);

/** A free port of 127.0.0.1 that stays this process's until it ends. */
export const reservePort = (): Promise<number> => findPort(LATER, claim);

const findPort = async ({ from, to }: typeof AT_ONCE | typeof LATER, take: (port: number) => boolean): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(from, to);
    if ((await isFree(port)) && take(port)) return port;
  }
  throw new LifeboatError({
    code: "toolchain",
    what: `None of ${ATTEMPTS} ports of 127.0.0.1 was free`,
    received: `ports from ${from} to ${to - 1}`,
    hint: "Look for servers that were left running: npm run local -- status",
  });
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });

/** By a file with this process's id. One whose process has ended is taken over. */
const claim = (port: number): boolean => {
  const folder = join(tmpdir(), `lifeboat-ports-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (isAlive(Number(readFileSync(file, "utf8")))) return false;
    writeFileSync(file, String(process.pid));
    return true;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
};
