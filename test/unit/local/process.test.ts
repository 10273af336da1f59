import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findOnPath, run, startProcess, waitUntil } from "../../../local/process";

const directory = mkdtempSync(join(tmpdir(), "lifeboat-process-"));
const inDirectory = (name: string): string => join(directory, name);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("run", () => {
  test("gives code, output and lines by stream", async () => {
    const lines: string[] = [];

    const result = await run({
      command: "sh",
      args: ["-c", "echo one; echo two >&2; exit 3"],
      onLine: (line, from) => lines.push(`${from} ${line}`),
    });

    expect(result).toEqual({ code: 3, stdout: "one\n", stderr: "two\n" });
    expect(lines.sort()).toEqual(["stderr two", "stdout one"]);
  });

  test("passes input and the whole environment", async () => {
    const result = await run({
      command: "sh",
      args: ["-c", 'cat; echo "$A-$HOME"'],
      input: "in\n",
      env: { A: "a", PATH: process.env.PATH },
    });

    expect(result.stdout).toBe("in\na-\n");
  });

  test("ends with its signal", async () => {
    const abort = new AbortController();

    const running = run({ command: "sleep", args: ["100"], signal: abort.signal });
    abort.abort();

    expect((await running).code).toBe(128);
  });

  test("names a command that is missing", async () => {
    await expect(run({ command: "no-such-command", args: [] })).rejects.toThrow(
      /Cannot start no-such-command.*Hint: Install no-such-command/,
    );
  });
});

describe("startProcess", () => {
  test("stops with SIGTERM, and with SIGKILL what ignores it", async () => {
    const polite = startProcess({ command: "sleep", args: ["100"] });
    const logFile = inDirectory("deaf.log");
    const deaf = startProcess({ command: "sh", args: ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"], logFile });
    await waitUntil(() => readFileSync(logFile, "utf8").includes("ready"), {
      timeoutMs: 5_000,
      intervalMs: 10,
      what: "it ignores SIGTERM",
    });

    await Promise.all([polite.stop(5_000), deaf.stop(100)]);

    expect(await polite.exited).toEqual({ code: null, signal: "SIGTERM" });
    expect(await deaf.exited).toEqual({ code: null, signal: "SIGKILL" });
    await expect(deaf.stop(100)).resolves.toBeUndefined();
  });

  // Where there is no setpriv, only an orderly end of the parent can take its children along.
  test.each(process.platform === "linux" ? ["exit", "SIGKILL"] : ["exit"])("ends with its parent (%s)", async (death) => {
    const pidFile = inDirectory(`${death}.pid`);
    const parent = inDirectory(`${death}.ts`);
    const end = death === "exit" ? "process.exit(0)" : `process.kill(process.pid, "${death}")`;
    writeFileSync(
      parent,
      `import { startProcess } from ${JSON.stringify(resolve("local/process"))};
       const child = startProcess({ command: "sh", args: ["-c", 'echo $$ > "$0"; exec sleep 100', ${JSON.stringify(pidFile)}] });
       const timer = setInterval(() => { if (require("node:fs").existsSync(${JSON.stringify(pidFile)})) ${end}; }, 20);`,
    );

    await run({ command: process.execPath, args: ["--import=tsx", parent], cwd: resolve(".") });

    const child = Number(readFileSync(pidFile, "utf8"));
    expect(child).toBeGreaterThan(1);
    await waitUntil(() => !isAlive(child), { timeoutMs: 5_000, intervalMs: 20, what: "the child has ended" });
  });
});

describe("a process that leads a group", () => {
  /** A shell that has started another process, as one that waits for a pipe has; its file holds that process's number. */
  const shell = (pidFile: string): string => `sleep 100 & echo $! > ${pidFile}; wait`;
  const started = async (pidFile: string): Promise<number> => {
    const number = (): number => Number(existsSync(pidFile) ? readFileSync(pidFile, "utf8") : 0);
    await waitUntil(() => number() > 1, { timeoutMs: 20_000, intervalMs: 10, what: "the shell has started another process" });
    return number();
  };
  const gone = (pid: number): Promise<void> =>
    waitUntil(() => !isAlive(pid), { timeoutMs: 5_000, intervalMs: 10, what: "the other process has ended" });

  test.each(["stop", "kill"] as const)("takes along what it started (%s)", async (how) => {
    const pidFile = inDirectory(`group-${how}.pid`);
    const leader = startProcess({ command: "sh", args: ["-c", shell(pidFile)], group: true });
    const other = await started(pidFile);

    if (how === "stop") await leader.stop(5_000);
    else leader.kill();
    await leader.exited;

    await gone(other);
  });

  test("ends whole with the process that started it, when that is killed", async () => {
    const pidFile = inDirectory("group-orphan.pid");
    const parent = inDirectory("group-orphan.ts");
    writeFileSync(
      parent,
      `import { startProcess } from ${JSON.stringify(resolve("local/process"))};
       startProcess({ command: "sh", args: ["-c", ${JSON.stringify(shell(pidFile))}], group: true });
       setInterval(() => { if (require("node:fs").existsSync(${JSON.stringify(pidFile)})) process.kill(process.pid, "SIGKILL"); }, 20);`,
    );

    await run({ command: process.execPath, args: ["--import=tsx", parent], cwd: resolve(".") });

    await gone(await started(pidFile));
  });
});

describe("waitUntil", () => {
  test("returns when the probe is true, whatever it threw before", async () => {
    let tries = 0;
    const probe = (): boolean => {
      tries += 1;
      if (tries < 3) throw new Error("not yet");
      return true;
    };

    await waitUntil(probe, { timeoutMs: 5_000, intervalMs: 1, what: "it is ready" });

    expect(tries).toBe(3);
  });

  test("says what it waited for, what it last heard, and how the log ends", async () => {
    const logFile = inDirectory("server.log");
    writeFileSync(logFile, "starting\nport is taken\n");
    const probe = (): boolean => {
      throw new Error("connection refused");
    };

    const waiting = waitUntil(probe, { timeoutMs: 20, intervalMs: 5, what: "the server answers", logFile });

    await expect(waiting).rejects.toThrow(/until the server answers.*connection refused.*port is taken/s);
  });

  test("stops when the process ends", async () => {
    const logFile = inDirectory("ended.log");
    const child = startProcess({ command: "sh", args: ["-c", "echo bad option; exit 4"], logFile });

    const waiting = waitUntil(() => false, { timeoutMs: 60_000, intervalMs: 5, what: "the server answers", process: child });

    await expect(waiting).rejects.toThrow(/its process ended with code 4.*bad option/s);
  });
});

test("findOnPath finds executables only", () => {
  writeFileSync(inDirectory("plain"), "", { mode: 0o644 });
  writeFileSync(inDirectory("tool"), "", { mode: 0o755 });

  expect(findOnPath("tool", `/nowhere:${directory}`)).toBe(inDirectory("tool"));
  expect(findOnPath("plain", directory)).toBeUndefined();
  expect(findOnPath(inDirectory("tool"), "")).toBe(inDirectory("tool"));
});
