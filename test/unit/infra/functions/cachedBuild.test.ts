import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BuildOptions } from "esbuild";
import { cachedBuild } from "../../../../infra/functions/cachedBuild";

let root: string;
const file = (name: string): string => join(root, name);

const write = (name: string, text: string): void => {
  mkdirSync(dirname(file(name)), { recursive: true });
  writeFileSync(file(name), text);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lifeboat-build-"));
  write("package.json", "{}");
  write("tsconfig.json", "{}");
  write("lambdas/one/handler.ts", 'import { a } from "./parts"; import { b } from "dep"; console.log(a, b);');
  write("lambdas/one/parts/index.ts", 'export const a: string = "first";');
  write("node_modules/dep/package.json", '{"main":"./main.js"}');
  write("node_modules/dep/main.js", 'exports.b = "of the package";');
  write("node_modules/dep/other.js", 'exports.b = "another entry";');
});
afterEach(() => rmSync(root, { recursive: true }));

/** A minute after every change that a test makes: to the cache, all files are old. */
const later = (): number => Date.now() + 60_000;

const buildOne = async (
  options: BuildOptions = {},
  now = later,
): Promise<{ readonly file: string; readonly inode: number; readonly text: string }> => {
  const outputs = await cachedBuild({
    options: {
      absWorkingDir: root,
      entryPoints: [{ in: file("lambdas/one/handler.ts"), out: "one" }],
      bundle: true,
      platform: "node",
      outdir: file("built"),
      logLevel: "silent",
      ...options,
    },
    directory: file("built"),
    now,
  });
  const built = outputs.one ?? "";
  // Each build writes a new file in the old one's place.
  return { file: built, inode: statSync(built).ino, text: readFileSync(built, "utf8") };
};

test("nothing is built again when nothing changed", async () => {
  const first = await buildOne();
  const second = await buildOne();
  expect(second).toEqual(first);
  expect(first.text).toContain("first");
  expect(first.text).toContain("of the package");
});

test.each<readonly [string, () => void, string]>([
  ["a module's text", () => write("lambdas/one/parts/index.ts", 'export const a: string = "other";'), "other"],
  ["a file that takes a directory's place", () => write("lambdas/one/parts.ts", 'export const a = "shadow";'), "shadow"],
  ["a package's text", () => write("node_modules/dep/main.js", 'exports.b = "patched";'), "patched"],
  ["a package's entry", () => write("node_modules/dep/package.json", '{"main":"./other.js"}'), "another entry"],
  ["a nearer package of the same name", () => write("lambdas/node_modules/dep/index.js", 'exports.b = "nearer";'), "nearer"],
  ["a setting of the compiler", () => write("tsconfig.json", '{"compilerOptions":{"paths":{"dep":["./alias.ts"]}}}'), "of an alias"],
])("%s is seen when it changed", async (_what, change, expected) => {
  write("alias.ts", 'export const b = "of an alias";');
  const before = await buildOne();
  expect(before.text).not.toContain(expected);
  change();
  const after = await buildOne();
  expect(after.text).toContain(expected);
  expect(await buildOne()).toEqual(after);
});

test("a change is seen that keeps a file's size and its time of modification", async () => {
  const name = file("lambdas/one/parts/index.ts");
  const { atime, mtime } = statSync(name);
  await buildOne();
  write("lambdas/one/parts/index.ts", 'export const a: string = "fiRst";');
  utimesSync(name, atime, mtime);
  expect((await buildOne()).text).toContain("fiRst");
});

test("other options are another build", async () => {
  const plain = await buildOne();
  const minified = await buildOne({ minify: true });
  expect(minified.text.length).toBeLessThan(plain.text.length);
  expect(await buildOne()).toEqual(plain);
});

test("an output that is gone or damaged is made again", async () => {
  const first = await buildOne();
  rmSync(first.file);
  expect((await buildOne()).text).toBe(first.text);
  writeFileSync(first.file, "damaged");
  expect((await buildOne()).text).toBe(first.text);
});

test("a record that cannot be read is a build", async () => {
  const first = await buildOne();
  const [record = ""] = readdirSync(file("built")).filter((name) => name.endsWith(".json"));
  writeFileSync(file(`built/${record}`), '{"inputs":');
  const second = await buildOne();
  expect(second.text).toBe(first.text);
  expect(second.inode).not.toBe(first.inode);
});

test("what was changed about the time of the build is not remembered: it may have been read before the change", async () => {
  await buildOne({}, Date.now);
  expect(readdirSync(file("built")).filter((name) => name.endsWith(".json"))).toEqual([]);
});

test("a source that does not compile is an error, and the next run tries again", async () => {
  write("lambdas/one/parts/index.ts", "export const a = ;");
  await expect(buildOne()).rejects.toThrow(/Unexpected ";"/);
  write("lambdas/one/parts/index.ts", 'export const a = "mended";');
  expect((await buildOne()).text).toContain("mended");
});
