import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run, startProcess, waitUntil } from "../../local/process";
import { type Progress, silentProgress } from "../../local/progress";
import { initStack, type LocalStack, type StackConfig, StackError } from "../../local/stacks";
import { ensureToolchain, installPlugins, pulumiEnvironment, type Toolchain } from "../../local/toolchain";
import { childrenOf } from "../support/processes";

/** The very first run on a machine builds the Pulumi CLI. */
const FIRST_RUN_MS = 900_000;
const CHECKOUT = resolve(__dirname, "..", "..");
const FIXTURE = join(__dirname, "toolchain");

const runDir = mkdtempSync(join(tmpdir(), "lifeboat-toolchain-"));
const projectDir = join(runDir, "project");
let toolchain: Toolchain;
let environment: NodeJS.ProcessEnv;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const filesOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${join(entry.parentPath, entry.name)} ${readFileSync(join(entry.parentPath, entry.name), "base64")}`)
    .sort();

const openStack = (overlay: StackConfig, name = "prod"): Promise<LocalStack> =>
  initStack({
    name,
    projectDir,
    stateDir: join(runDir, name),
    overlay: { "trivial:password": "tide", ...overlay },
    pulumi: toolchain.pulumi,
    environment,
    progress: silentProgress,
    now: () => new Date(),
  });

beforeAll(async () => {
  toolchain = await ensureToolchain({ progress: silentProgress, runDir });
  await installPlugins({
    pulumiHome: toolchain.pulumiHome,
    node: toolchain.node,
    plugins: [{ name: "fixture", version: "1.2.3", entry: join(FIXTURE, "plugin.ts") }],
  });
  mkdirSync(join(projectDir, "infra"), { recursive: true });
  mkdirSync(join(runDir, "state"));
  symlinkSync(join(CHECKOUT, "node_modules"), join(projectDir, "node_modules"));
  copyFileSync(join(CHECKOUT, "infra", "main.cjs"), join(projectDir, "infra", "main.cjs"));
  copyFileSync(join(FIXTURE, "program.ts"), join(projectDir, "infra", "index.ts"));
  const pulumiYaml = readFileSync(join(CHECKOUT, "Pulumi.yaml"), "utf8").replace(/^name: .*$/m, "name: trivial");
  writeFileSync(join(projectDir, "Pulumi.yaml"), pulumiYaml);
  writeFileSync(join(projectDir, "package.json"), JSON.stringify({ name: "trivial", dependencies: { "@pulumi/pulumi": "*" } }));
  writeFileSync(join(projectDir, "Pulumi.prod.yaml"), "config:\n  trivial:text: committed\n  trivial:list: [a, b]\n");
  writeFileSync(join(projectDir, "Pulumi.dr.yaml"), "config:\n  trivial:text: committed\n  trivial:list: []\n");
  environment = pulumiEnvironment({ toolchain, backendUrl: `file://${join(runDir, "state")}`, passphrase: "test", base: process.env });
}, FIRST_RUN_MS);

afterAll(() => rmSync(runDir, { recursive: true, force: true }));

describe("the toolchain", () => {
  test("is found without any work by a second run", async () => {
    const announced: string[] = [];
    const listening: Progress = {
      step: (label) => {
        announced.push(label);
        return silentProgress.step(label);
      },
    };

    const again = await ensureToolchain({ progress: listening, runDir });

    expect(announced).toEqual([]);
    expect(again).toEqual(toolchain);
  });

  test.each([
    ["the Pulumi CLI", () => ({ command: toolchain.pulumi, args: ["version"], expected: /^v3\.\d+\.\d+/ })],
    ["the Chroma server", () => ({ command: toolchain.chroma, args: ["--version"], expected: /\d+\.\d+/ })],
    [
      "the emulator",
      () => ({
        command: toolchain.python,
        args: ["-c", "import ministack.app, cryptography, botocore; print('whole')"],
        expected: /whole/,
      }),
    ],
  ])("runs %s", async (_name, of) => {
    const { command, args, expected } = of();

    const result = await run({ command, args, env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" } });

    expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(expected) });
  });
});

describe("a stack on the real engine", () => {
  test("is previewed, made, kept, changed, refreshed and destroyed, and the project stays as it was", async () => {
    const before = filesOf(join(projectDir, "infra"));
    const stack = await openStack({ "trivial:text": "overlaid" });

    const preview = await stack.preview();
    const up = await stack.up();
    const again = await stack.up();
    const changed = await (await openStack({ "trivial:text": "changed" })).up();
    const refreshed = await stack.refresh();
    const outputs = await stack.outputs();
    const destroyed = await stack.destroy();

    expect(preview.changes).toEqual({ same: 0, create: 3, update: 0, delete: 0, replace: 0 });
    expect(preview.outputs).toEqual({});
    expect(up.changes).toEqual({ same: 0, create: 3, update: 0, delete: 0, replace: 0 });
    expect(up.outputs).toEqual({ text: "overlaid", password: "tide", list: ["a", "b"], where: "organization/trivial/prod" });
    expect(up.diagnostics).toEqual([]);
    expect(up.steps.map((step) => `${step.op} ${step.urn.split("::").at(-1)}`).sort()).toEqual([
      "create default_1_2_3",
      "create folder",
      "create note",
      "create trivial-prod",
    ]);
    for (const step of up.steps) expect(step.endedAt.getTime()).toBeGreaterThanOrEqual(step.startedAt.getTime());
    expect(again.changes).toEqual({ same: 3, create: 0, update: 0, delete: 0, replace: 0 });
    expect(changed.changes).toEqual({ same: 2, create: 0, update: 1, delete: 0, replace: 0 });
    expect(refreshed.changes).toEqual({ same: 3, create: 0, update: 0, delete: 0, replace: 0 });
    expect(outputs.text).toBe("changed");
    expect(destroyed.changes).toEqual({ same: 0, create: 0, update: 0, delete: 3, replace: 0 });
    expect(filesOf(join(projectDir, "infra"))).toEqual(before);
    expect(readdirSync(projectDir).sort()).toEqual([
      "Pulumi.dr.yaml",
      "Pulumi.prod.yaml",
      "Pulumi.yaml",
      "infra",
      "node_modules",
      "package.json",
    ]);
    expect(readFileSync(join(projectDir, "Pulumi.prod.yaml"), "utf8")).not.toContain("encryptionsalt");
  }, 300_000);

  test.each([
    ["the program", { "trivial:broken": true }, "broken on purpose", "Running program "],
    ["a resource", { "trivial:text": "refused" }, "this note is refused", "fixture:index:Note note: "],
  ])("says what failed in %s", async (_what, overlay, message, whose) => {
    const stack = await openStack(overlay);

    const failure = await stack.up().catch((thrown: unknown) => thrown);

    expect(failure).toBeInstanceOf(StackError);
    if (!(failure instanceof StackError)) return;
    expect(failure.diagnostics[0]).toContain(message);
    expect(failure.message).toContain(message);
    expect(failure.diagnostics.some((text) => text.startsWith(whose))).toBe(true);
    expect(readFileSync(stack.logFile, "utf8")).toContain(message);
  });

  test("is refused where it exists and its salt is not at hand", async () => {
    await openStack({});
    rmSync(join(runDir, "prod", "Pulumi.prod.yaml"));

    const failure = openStack({});

    await expect(failure).rejects.toThrow(/already exists.*Hint: .*state directory/s);
  });
});

describe("an interrupted run", () => {
  const hangingProgram = async (pidFile: string): Promise<number> => {
    await waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "", {
      timeoutMs: 30_000,
      intervalMs: 50,
      what: "the program hangs",
    });
    return Number(readFileSync(pidFile, "utf8"));
  };

  test("can be cancelled, and says so", async () => {
    const pidFile = join(runDir, "cancelled.pid");
    const stack = await openStack({ "trivial:hangs": pidFile }, "dr");
    const abort = new AbortController();

    const outcome = stack.up({ signal: abort.signal }).catch((thrown: unknown) => thrown);
    const program = await hangingProgram(pidFile);
    abort.abort();
    const failure = await outcome;

    expect(failure).toMatchObject({ code: "interrupted" });
    await waitUntil(() => !isAlive(program), { timeoutMs: 10_000, intervalMs: 50, what: "the program has ended" });
  });

  test("leaves no program, language host or plugin behind when the CLI is killed", async () => {
    const pidFile = join(runDir, "killed.pid");
    await openStack({ "trivial:hangs": pidFile }, "dr");
    const args = ["-C", projectDir, "up", "-s", "dr", "--config-file", join(runDir, "dr", "Pulumi.dr.yaml"), "--yes", "--skip-preview"];
    const cli = startProcess({ command: toolchain.pulumi, args: [...args, "--non-interactive"], env: environment });
    const program = await hangingProgram(pidFile);
    let children: number[] = [];
    const bothRun = async (): Promise<boolean> => {
      children = await childrenOf(cli.pid);
      return children.length >= 2;
    };
    await waitUntil(bothRun, { timeoutMs: 30_000, intervalMs: 100, what: "the language host and the plugin run" });

    cli.kill();
    await cli.exited;

    for (const pid of [...children, program]) {
      await waitUntil(() => !isAlive(pid), { timeoutMs: 10_000, intervalMs: 50, what: `process ${pid} has ended` });
    }
  });
});
