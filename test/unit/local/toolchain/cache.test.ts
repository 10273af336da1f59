import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../../local/process";
import { silentProgress } from "../../../../local/progress";
import { defaultCacheRoot, installOnce } from "../../../../local/toolchain/cache";

const step = () => silentProgress.step("installing");
const root = mkdtempSync(join(tmpdir(), "lifeboat-cache-"));
let target: string;
let count = 0;
beforeEach(() => {
  count += 1;
  target = join(root, `case-${count}`, "tool-1.0");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const building = (text: string) => async (directory: string) => {
  mkdirSync(directory);
  await sleep(20);
  writeFileSync(join(directory, "tool"), text);
};

/** A process number that was in use a moment ago. */
const deadPid = async (): Promise<number> => Number((await run({ command: "sh", args: ["-c", "echo $$"] })).stdout);

test("builds once for runs that want it at the same time", async () => {
  const built: string[] = [];
  const build = (name: string) => async (directory: string) => {
    built.push(name);
    await building(name)(directory);
  };

  const [first, second] = await Promise.all([
    installOnce({ target, step, build: build("first") }),
    installOnce({ target, step, build: build("second") }),
  ]);
  const third = await installOnce({ target, step, build: build("third") });

  expect(built).toHaveLength(1);
  expect([second, third]).toEqual([first, first]);
  expect(readFileSync(join(target, "tool"), "utf8")).toBe(built[0]);
});

test("leaves nothing that looks complete when the build fails, and builds again", async () => {
  const failing = installOnce({
    target,
    step,
    build: async (directory) => {
      mkdirSync(directory);
      throw new Error("disk full");
    },
  });

  await expect(failing).rejects.toThrow("disk full");
  expect(readdirSync(join(target, ".."))).toEqual([]);
  const directory = await installOnce({ target, step, build: building("whole") });
  expect(readFileSync(join(directory, "tool"), "utf8")).toBe("whole");
});

test("takes over the lock of a process that is gone, and removes what it left", async () => {
  const gone = await deadPid();
  mkdirSync(join(target, ".."), { recursive: true });
  writeFileSync(`${target}.lock`, String(gone));
  mkdirSync(`${target}.${gone}.0123abcd`);

  await installOnce({ target, step, build: building("whole") });

  expect(existsSync(`${target}.${gone}.0123abcd`)).toBe(false);
  expect(existsSync(`${target}.lock`)).toBe(false);
});

test("waits for a living holder of the lock", async () => {
  mkdirSync(join(target, ".."), { recursive: true });
  writeFileSync(`${target}.lock`, String(process.pid));
  let done = false;
  const waiting = installOnce({ target, step, build: building("mine") }).then(() => {
    done = true;
  });

  await sleep(300);
  const before = done;
  rmSync(`${target}.lock`);
  await waiting;

  expect(before).toBe(false);
  expect(done).toBe(true);
});

test("replaces an installation that has decayed", async () => {
  await installOnce({ target, step, build: building("old") });
  const usable = (directory: string): boolean => readFileSync(join(directory, "tool"), "utf8") !== "old";

  await installOnce({ target, step, usable, build: building("new") });

  expect(readFileSync(join(target, "tool"), "utf8")).toBe("new");
});

test("stands in the XDG cache, or in the home directory, or says that there is no place", () => {
  expect(defaultCacheRoot({ XDG_CACHE_HOME: "/cache", HOME: "/home/me" })).toBe("/cache/lifeboat");
  expect(defaultCacheRoot({ HOME: "/home/me" })).toBe("/home/me/.cache/lifeboat");
  expect(() => defaultCacheRoot({})).toThrow(/Set XDG_CACHE_HOME/);
});
