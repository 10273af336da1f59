import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoriesFile } from "../../../../../infra/components/configuration/gitJob";
import { noDeadline } from "../../../../../lambdas/shared/deadline";
import { configurationContent } from "../../../../../lambdas/verify/configuration/content";
import { run } from "../../../../../local/process";
import { CONFIGURATION_EXPORT, ConfigurationManifest } from "../../../../../recovery/configuration/manifest";
import { SubjectState } from "../../../../../recovery/configuration/state";

const SCRIPTS = join(__dirname, "..", "..", "..", "..", "..", "infra", "components", "configuration", "git");

// Commits by nobody, at no person's settings.
const GIT = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_TERMINAL_PROMPT: "0" };
const AUTHOR = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b.example", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b.example" };
const environment = { ...process.env, ...GIT, ...AUTHOR };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-git-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run({ command: "git", args, env: environment });
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
};

let template: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "lifeboat-git-template-"));
  await makeTemplate();
}, 60_000);
afterAll(() => rmSync(template, { recursive: true, force: true }));

/** A bare repository with branches, tags, notes and a forge's own refs. */
const makeSource = async (): Promise<string> => {
  const bare = join(folder, "source.git");
  cpSync(join(template, "source.git"), bare, { recursive: true });
  return bare;
};

const makeTemplate = async (): Promise<void> => {
  const [work, bare] = [join(template, "work"), join(template, "source.git")];
  await git("init", "--quiet", "-b", "main", work);
  writeFileSync(join(work, "a.txt"), "one\n".repeat(2000));
  await git("-C", work, "add", ".");
  await git("-C", work, "commit", "--quiet", "-m", "one");
  writeFileSync(join(work, "a.txt"), `${"one\n".repeat(2000)}two\n`);
  await git("-C", work, "commit", "--quiet", "-am", "two");
  await git("-C", work, "tag", "-a", "v1", "-m", "annotated");
  await git("-C", work, "tag", "light");
  await git("-C", work, "branch", 'feature/"quoted"-ä');
  await git("-C", work, "notes", "add", "-m", "a note");
  await git("-C", work, "update-ref", "refs/pull/7/head", "HEAD~1");
  await git("clone", "--quiet", "--mirror", work, bare);
};

const commit = async (bare: string, name: string, content: string | Buffer): Promise<void> => {
  const clone = join(folder, `clone-${name.replace(/\W/g, "")}`);
  await git("clone", "--quiet", bare, clone);
  writeFileSync(join(clone, name), content);
  await git("-C", clone, "add", ".");
  await git("-C", clone, "commit", "--quiet", "-m", name);
  await git("-C", clone, "push", "--quiet", "origin", "HEAD");
};

interface Repository {
  readonly url: string;
  readonly mirror?: string;
  readonly lfs?: "refused" | "acknowledged";
}

const LIMITS = { EVERY_SECONDS: "300", BUNDLE_SECONDS: "60", WORK_BYTES: String(1024 ** 3) };

let runs = 0;
/** The git step, as a pod runs it; `state` is what the step before it fetched, `seen` what that saw in the vault. */
const bundle = async (
  { url, mirror, lfs = "refused" }: Repository,
  {
    state,
    mirrorState,
    due = false,
    seen = {},
    partBytes = 64 * 1024 * 1024,
  }: { state?: string; mirrorState?: string; due?: boolean; seen?: { proven?: boolean; inSyncAt?: string }; partBytes?: number } = {},
) => {
  runs += 1;
  const [work, files, credentials] = ["work", "files", "credentials"].map((name) => join(folder, `run-${runs}`, name)) as [
    string,
    string,
    string,
  ];
  cpSync(SCRIPTS, files, { recursive: true });
  const mirrored = mirror === undefined ? {} : { mirror: { url: `file://${mirror}`, alarmAt: 60 } };
  writeFileSync(join(files, "repositories.tsv"), repositoriesFile([{ name: "shop", url: `file://${url}`, lfs, ...mirrored }]));
  const shop = join(work, "repositories", "shop");
  for (const each of [shop, credentials]) mkdirSync(each, { recursive: true });
  if (state !== undefined) writeFileSync(join(shop, "state.json"), state);
  if (mirrorState !== undefined) writeFileSync(join(shop, "mirror-state.json"), mirrorState);
  if (due) writeFileSync(join(shop, "due"), "");
  if (seen.proven) writeFileSync(join(shop, "proven"), "");
  if (seen.inSyncAt !== undefined) writeFileSync(join(shop, "in-sync-at"), seen.inSyncAt);
  const { code, stderr } = await run({
    command: "sh",
    args: [join(files, "bundle.sh")],
    env: { ...environment, WORK: work, FILES: files, CREDENTIALS: credentials, SYSTEM: "acme", PART_BYTES: String(partBytes), ...LIMITS },
  });
  const text = (name: string): string | undefined => (existsSync(join(shop, name)) ? readFileSync(join(shop, name), "utf8") : undefined);
  const manifest = text("export/manifest.json");
  return {
    code,
    stderr,
    state: text("new-state.json"),
    mirrorState: text("new-mirror-state.json"),
    manifestText: manifest,
    manifest: manifest === undefined ? undefined : ConfigurationManifest.parse(JSON.parse(manifest)),
    exported: existsSync(join(shop, "export")) ? readdirSync(join(shop, "export")).sort() : [],
    part: async (key: string) => readFileSync(join(shop, "export", key.slice(key.lastIndexOf("/") + 1))),
    left: readdirSync(shop),
  };
};

const refsOf = async (repository: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await git("-C", repository, "for-each-ref", "--format=%(refname) %(objectname)"))
      .split("\n")
      .map((line) => line.split(" ") as [string, string]),
  );

const noKeys = () => Promise.reject(new Error("a bundle has no data key"));
const failedChecks = async ({ manifestText = "", part }: Awaited<ReturnType<typeof bundle>>, read = part) =>
  (await configurationContent(noKeys)(manifestText, read, noDeadline)).filter(({ passed }) => !passed);

describe("a repository's export", () => {
  it("holds every ref in parts, and reads back without a git", async () => {
    const source = await makeSource();
    // One object that is inflated piece by piece, over several parts.
    await commit(source, "large.bin", randomBytes(2_500_000));

    const exported = await bundle({ url: source }, { partBytes: 600_000 });

    expect([exported.code, exported.stderr]).toEqual([0, ""]);
    const { manifest } = exported;
    expect(manifest?.content).toMatchObject({
      kind: "repository",
      refs: await refsOf(source),
      head: { ref: "refs/heads/main" },
      lfs: false,
    });
    expect(manifest?.parts.length).toBeGreaterThan(2);
    expect(CONFIGURATION_EXPORT.facts(exported.manifestText ?? "")).toMatchObject({
      series: "configuration/repositories/shop",
      contradictions: [],
    });
    expect(await failedChecks(exported)).toEqual([]);
    expect(exported.left).not.toContain("mirror.git");
  });

  it("is restored by a clone of its parts", async () => {
    const source = await makeSource();
    const { manifest, part } = await bundle({ url: source }, { partBytes: 500 });
    const parts = await Promise.all((manifest?.parts ?? []).map(({ key }) => part(key)));
    writeFileSync(join(folder, "shop.bundle"), Buffer.concat(parts));

    await git("clone", "--quiet", "--mirror", join(folder, "shop.bundle"), join(folder, "restored.git"));

    expect(await refsOf(join(folder, "restored.git"))).toEqual(await refsOf(source));
  });

  it("is made when a ref changed, and not otherwise", async () => {
    const source = await makeSource();
    const first = await bundle({ url: source });

    const unchanged = await bundle({ url: source }, { state: first.state });
    await git("-C", source, "update-ref", "refs/heads/main", "refs/heads/main~1");
    const changed = await bundle({ url: source }, { state: unchanged.state });

    expect(unchanged.exported).toEqual([]);
    const [before, after] = [first.state, unchanged.state].map((text) => SubjectState.parse(JSON.parse(text ?? "")));
    expect(after).toEqual({ ...before, inSyncAt: after?.inSyncAt });
    expect(changed.exported).toEqual(["bundle-00000", "manifest.json"]);
    expect(changed.manifest?.content).toMatchObject({ refs: await refsOf(source) });
  });

  it("is made again when it is due, though nothing changed", async () => {
    const source = await makeSource();
    const first = await bundle({ url: source });

    const again = await bundle({ url: source }, { state: first.state, due: true });

    expect(again.exported).toEqual(["bundle-00000", "manifest.json"]);
  });

  it("of an empty repository has no part", async () => {
    const empty = join(folder, "empty.git");
    await git("init", "--quiet", "--bare", empty);

    const exported = await bundle({ url: empty });

    expect(exported.exported).toEqual(["manifest.json"]);
    expect(CONFIGURATION_EXPORT.facts(exported.manifestText ?? "").contradictions).toEqual([]);
    expect(await failedChecks(exported)).toEqual([]);
  });

  it("is not made of a repository that cannot be reached, which the others survive", async () => {
    const exported = await bundle({ url: join(folder, "nowhere.git") });

    expect([exported.code, exported.exported, exported.state]).toEqual([0, [], undefined]);
    expect(exported.stderr).toContain("shop: it was not exported");
  });

  it("says so where Git LFS keeps files elsewhere, and does not count as backed up until that is acknowledged", async () => {
    const source = await makeSource();
    await commit(source, ".gitattributes", "*.psd filter=lfs diff=lfs merge=lfs -text\n");
    const first = await bundle({ url: source });
    const old = (first.state ?? "").replace(/"inSyncAt":"[^"]*"/, '"inSyncAt":"2026-01-01T00:00:00Z"');

    const seen = { proven: true, inSyncAt: "2026-01-02T00:00:00Z" };
    const refused = await bundle({ url: source }, { state: old, seen });
    const acknowledged = await bundle({ url: source, lfs: "acknowledged" }, { state: old, seen });

    expect(first.stderr).toContain("Git LFS");
    expect(first.manifest?.content).toMatchObject({ lfs: true });
    expect(refused.state).toContain('"inSyncAt":"2026-01-01T00:00:00Z"');
    expect(acknowledged.state).not.toMatch(/"inSyncAt":"2026-01-0[12]/);
  });

  it("is in the vault since the last time that it was seen there unchanged, whatever is exported", async () => {
    const source = await makeSource();
    const first = await bundle({ url: source });
    const old = (first.state ?? "").replace(/"inSyncAt":"[^"]*"/, '"inSyncAt":"2026-01-01T00:00:00Z"');
    const inSyncAt = ({ state }: { state: string | undefined }): string => SubjectState.parse(JSON.parse(state ?? "")).inSyncAt;
    const later = { inSyncAt: "2026-01-02T00:00:00Z" };

    const unseen = await bundle({ url: source }, { state: old });
    const again = await bundle({ url: source }, { state: old, due: true });
    const [proven, refreshed] = [
      await bundle({ url: source }, { state: old, seen: { proven: true, ...later } }),
      await bundle({ url: source }, { state: old, seen: { proven: true, ...later }, due: true }),
    ];
    await git("-C", source, "update-ref", "refs/heads/main", "refs/heads/main~1");
    const changed = await bundle({ url: source }, { state: old, seen: { proven: true, ...later } });
    const cut = await bundle({ url: source }, { state: old });

    expect([unseen, again, changed, cut].map(inSyncAt)).toEqual([
      "2026-01-01T00:00:00Z",
      "2026-01-01T00:00:00Z",
      "2026-01-02T00:00:00Z",
      "2026-01-01T00:00:00Z",
    ]);
    for (const run of [proven, refreshed]) expect(inSyncAt(run) >= inSyncAt(first)).toBe(true);
    expect([again, refreshed, changed, cut].map(({ exported }) => exported.length)).toEqual([2, 2, 2, 2]);
  });
});

describe("reading a bundle back", () => {
  it("finds every damaged byte", async () => {
    const exported = await bundle({ url: await makeSource() });
    const whole = await exported.part(exported.manifest?.parts[0]?.key ?? "");
    const packStart = whole.indexOf("PACK");

    for (const at of [packStart, packStart + 9, packStart + 13, Math.floor((packStart + whole.length) / 2), whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      expect([at, (await failedChecks(exported, async () => damaged)).length]).not.toEqual([at, 0]);
    }
    expect(await failedChecks(exported, async () => whole.subarray(0, whole.length - 1))).not.toEqual([]);
    expect(await failedChecks(exported, async () => Buffer.concat([whole, Buffer.from("x")]))).not.toEqual([]);
  });

  it("finds a ref that the manifest has otherwise", async () => {
    const exported = await bundle({ url: await makeSource() });
    const other = (exported.manifestText ?? "").replace('"refs/pull/7/head":"', '"refs/pull/8/head":"');

    expect((await failedChecks({ ...exported, manifestText: other })).map(({ name }) => name)).toEqual(["refs"]);
  });
});

describe("a mirror", () => {
  const makeMirror = async (): Promise<string> => {
    const mirror = join(folder, "mirror.git");
    await git("init", "--quiet", "--bare", mirror);
    return mirror;
  };
  const mirrored = async (repository: string) =>
    Object.fromEntries(Object.entries(await refsOf(repository)).filter(([ref]) => /^refs\/(heads|tags|notes)\//.test(ref)));

  it("gets branches, tags and notes, and follows their changes and deletions", async () => {
    const [source, mirror] = [await makeSource(), await makeMirror()];
    const first = await bundle({ url: source, mirror });
    const before = await refsOf(mirror);
    await git("-C", source, "update-ref", "-d", "refs/tags/light");
    await commit(source, "b.txt", "b");

    const second = await bundle({ url: source, mirror }, { state: first.state, mirrorState: first.mirrorState });

    expect(before).toHaveProperty(["refs/notes/commits"]);
    expect(before).not.toHaveProperty(["refs/pull/7/head"]);
    expect(second.mirrorState).toContain('"subject":"mirrors/shop"');
    expect(await refsOf(mirror)).toEqual(await mirrored(source));
  });

  it("is brought up to date though the repository did not change", async () => {
    const [source, mirror] = [await makeSource(), await makeMirror()];
    const first = await bundle({ url: source, mirror });
    await git("-C", mirror, "update-ref", "-d", "refs/heads/main");

    const second = await bundle({ url: source, mirror }, { state: first.state, mirrorState: first.mirrorState });

    expect(second.exported).toEqual([]);
    expect(await refsOf(mirror)).toEqual(await mirrored(source));
  });

  it("is left as it is when it is another repository, or when the repository is empty", async () => {
    const source = await makeSource();
    const [other, empty] = [await makeMirror(), join(folder, "empty.git")];
    await git("init", "--quiet", "--bare", empty);
    await commit(other, "somebody.txt", "somebody's");
    const before = await refsOf(other);

    const unrelated = await bundle({ url: source, mirror: other });
    const emptied = await bundle({ url: empty, mirror: other }, { mirrorState: "{}" });

    expect(unrelated.mirrorState ?? emptied.mirrorState).toBeUndefined();
    expect(unrelated.stderr).toContain("its mirror holds something else");
    expect(emptied.stderr).toContain("the repository is empty");
    expect(await refsOf(other)).toEqual(before);
    // Its own export is not kept back by that.
    expect(unrelated.exported).toContain("manifest.json");
  });
});
