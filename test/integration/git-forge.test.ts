import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, waitUntil } from "../../local/process";
import { git, makeRepository } from "./support/git";
import { type Forge, startForge } from "./support/git-forge";
import { GIT_STEPS, GitRun, type GitRunOptions } from "./support/git-job";

// The job's git step while a server, a disk or a repository misbehaves: one that does costs no other, and nothing half made is left to be uploaded.
jest.setTimeout(60_000);

const MIB = 1024 * 1024;

let folder: string;
let forge: Forge;
let small: string;
let large: string;
const runs: GitRun[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-forge-"));
  small = await makeRepository(folder, "small");
  large = await makeRepository(folder, "large", 3 * MIB);
  forge = await startForge(folder);
});
afterEach(() => {
  forge.setFault(() => undefined);
  for (const each of runs.splice(0)) each.remove();
});
afterAll(async () => {
  await forge?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const LARGE = () => ({ name: "large", url: forge.url("large"), lfs: "refused" as const });
const SMALL = () => ({ name: "small", url: forge.url("small"), lfs: "refused" as const });

const prepare = async (options: Partial<GitRunOptions> = {}): Promise<GitRun> => {
  const made = await GitRun.make({ repositories: [LARGE(), SMALL()], ...options });
  runs.push(made);
  return made;
};

/** Which of both have an export, after it was looked at whether it is whole. */
const whole = async (made: GitRun): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [name, source] of Object.entries({ large, small })) {
    const exported = await made.exported(name);
    if (exported === undefined) continue;
    expect(exported.contradictions).toEqual([]);
    expect(await git("-C", exported.clone, "show-ref")).toBe(await git("-C", source, "show-ref"));
    found.push(name);
  }
  return found;
};

const nextRunCompletes = async (): Promise<void> => {
  forge.setFault(() => undefined);
  const next = await prepare();
  expect(await next.bundle()).toEqual({ code: 0, said: "" });
  expect(await whole(next)).toEqual(["large", "small"]);
};

it.each([
  ["while its refs are listed", 0],
  ["in the middle of its clone", 1],
])("a repository whose server stands still %s takes half of the time, and costs no other one", async (_when, at) => {
  const made = await prepare({ env: { BUNDLE_SECONDS: "10" } });
  forge.setFault((name, connection) => (name === "large" && connection === at ? { afterBytes: 300, does: "stall" } : undefined));

  const { code, said } = await made.bundle();

  expect([code, await whole(made)]).toEqual([0, ["small"]]);
  // Half of what is left when it begins, in whole seconds.
  expect(said).toMatch(/large: it was not exported\. It had [345] seconds/);
  expect(existsSync(join(made.folder("large"), "mirror.git"))).toBe(false);
  await nextRunCompletes();
});

it("what no time is left for is left to the next run, and the step ends well", async () => {
  const made = await prepare({ env: { BUNDLE_SECONDS: "3" } });
  forge.setFault((name) => (name === "large" ? { afterBytes: 1, does: "stall" } : undefined));

  const { code, said } = await made.bundle();

  expect([code, await whole(made)]).toEqual([0, expect.not.arrayContaining(["large"])]);
  expect(said).toMatch(/large: (left to the next run|it was not exported)/);
});

const DU = 'case "$*" in *mirror.git) echo 50000 mirror.git ;; *) exec "$REAL" "$@" ;; esac';

it.each([
  ["as it comes in", 6 * MIB, {}, /File too large/],
  // Where many files make up its size, of which none is large.
  [
    "when it is there",
    64 * MIB,
    { du: `case "$PWD" in */large) ${DU} ;; *) exec "$REAL" "$@" ;; esac` },
    /large: three times its 48 MiB are more than/,
  ],
])("a repository that is too large is given up %s, and costs no other one", async (_when, bytes, shims, reason) => {
  const made = await prepare({ env: { WORK_BYTES: String(bytes) }, shims });

  const { code, said } = await made.bundle();

  expect([code, await whole(made)]).toEqual([0, ["small"]]);
  expect(said).toMatch(reason);
  expect(said).toContain("large: it was not exported");
});

it("a disk that is full takes what does not fit, and no other one; the next run completes", async () => {
  const made = await prepare({ shims: { df: "echo; echo / 0 0 999999999 0" } });
  // A disk of 4 MiB has room for the mirror, and for no bundle beside it. What is on it afterwards is kept where the test finds it.
  const tmpfs = `mount -t tmpfs -o size=4m none "$WORK" && mkdir -p "$WORK/repositories/large" "$WORK/repositories/small"`;
  const kept = `cp -r "$WORK" "$WORK-kept" && umount "$WORK" && cp -r "$WORK-kept/." "$WORK"`;
  const before = ["unshare", "-rm", "sh", "-c", `${tmpfs} && { "$@"; code=$?; ${kept}; exit $code; }`, "sh"];
  const mounts = await run({ command: "unshare", args: ["-rm", "sh", "-c", 'mount -t tmpfs none "$0"', made.work] });
  // Where nobody may mount, the limit on files alone stands for the disk.
  const limited = ["sh", "-c", 'ulimit -f 4096; exec "$@"', "sh"];

  const { code, said } = await made.bundle(mounts.code === 0 ? before : limited);

  expect([code, await whole(made)]).toEqual([0, ["small"]]);
  expect(said).toMatch(mounts.code === 0 ? /No space left on device|Out of diskspace/ : /File too large/);
  expect(said).toContain("large: it was not exported");
  await nextRunCompletes();
});

it("a server that goes away in the middle of a clone leaves nothing; the next run completes", async () => {
  const made = await prepare();
  forge.setFault((name, connection) => (name === "large" && connection === 1 ? { afterBytes: MIB, does: "cut" } : undefined));

  const { code, said } = await made.bundle();

  expect([code, await whole(made)]).toEqual([0, ["small"]]);
  expect(said).toContain("large: it was not exported");
  await nextRunCompletes();
});

it("refs that move during a clone are in the bundle as they were at one moment, and the manifest names those", async () => {
  const made = await prepare();
  const moves: string[] = [];
  // At the first listing, within the clone, and at the listing that is compared with it.
  forge.setFault((name, connection) => {
    if (name !== "small" || connection > 2) return undefined;
    const move = async (): Promise<void> => {
      moves.push(`refs/heads/moved-${moves.length}`);
      await git("-C", small, "commit", "--quiet", "--allow-empty", "-m", `move ${moves.length}`);
      await git("-C", small, "update-ref", moves.at(-1) ?? "", "HEAD");
    };
    return { afterBytes: 1, does: move };
  });

  const { code, said } = await made.bundle();

  expect({ code, said }).toEqual({ code: 0, said: "" });
  expect(moves).toHaveLength(3);
  const exported = await made.exported("small");
  const content = exported?.manifest.content;
  const cloned = (await git("-C", exported?.clone ?? "", "show-ref")).split("\n").map((line) => line.split(" ").reverse());
  expect(content?.kind === "repository" ? content.refs : undefined).toEqual(Object.fromEntries(cloned));
  // Branches that were made one after the other: a later one is not there without an earlier one, and the branch is where the last one was made.
  const there = moves.filter((ref) => cloned.some(([name]) => name === ref));
  expect(there).toEqual(moves.slice(0, there.length));
  expect(await whole(made)).toEqual(["large", "small"]);
});

it("a pod that is killed in the middle of a clone leaves no manifest, and another one completes", async () => {
  const made = await prepare();
  forge.setFault((name, connection) => (name === "large" && connection === 1 ? { afterBytes: MIB, does: "stall" } : undefined));
  made.makeFolders();
  const running = made.start(GIT_STEPS[1]);
  await waitUntil(() => forge.stalled() > 0, { timeoutMs: 20_000, intervalMs: 20, what: "the clone stands still", process: running });
  running.kill();
  await running.exited;

  expect(await whole(made)).toEqual([]);
  await nextRunCompletes();
});
