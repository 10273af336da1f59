import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type RunningProcess, startProcess, waitUntil } from "../../../local/process";
import { silentProgress } from "../../../local/progress";
import { ensureToolchain, installPlugins } from "../../../local/toolchain";
import { Engine } from "./engine";

/** The very first run on a machine builds the Pulumi CLI. */
const FIRST_RUN_MS = 900_000;
const home = mkdtempSync(join(tmpdir(), "lifeboat-plugin-"));
const log = join(home, "plugin.log");
let plugin: RunningProcess;
let engine: Engine;

beforeAll(async () => {
  const { node } = await ensureToolchain({ progress: silentProgress, runDir: home });
  const entry = resolve(__dirname, "..", "..", "..", "local", "plugins", "random", "main.ts");
  await installPlugins({ pulumiHome: home, node, plugins: [{ name: "random", version: "1.0.0", entry }] });
  plugin = startProcess({ command: join(home, "plugins", "resource-random-v1.0.0", "pulumi-resource-random"), args: [], logFile: log });
  await waitUntil(() => /^\d+\n$/.test(readFileSync(log, "utf8")), {
    timeoutMs: 30_000,
    intervalMs: 20,
    what: "the plugin says its port",
    process: plugin,
  });
  engine = new Engine(Number(readFileSync(log, "utf8")));
}, FIRST_RUN_MS);

afterAll(async () => {
  engine?.close();
  await plugin?.stop(1000);
  rmSync(home, { recursive: true });
});

test("an interrupt does not end a plugin that works, and ends it at once when the engine has cancelled it, as it does at its own end", async () => {
  process.kill(plugin.pid, "SIGINT");
  // The signal came before the call, so it has been handled when the answer is there.
  await expect(engine.handshake()).resolves.toBeDefined();

  await engine.cancel();
  process.kill(plugin.pid, "SIGINT");
  // On a plugin that goes on, this waits in vain.
  await expect(plugin.exited).resolves.toEqual({ code: 0, signal: null });
});
