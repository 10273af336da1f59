import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "../../local/process";

const REPORTER = resolve(__dirname, "..", "support", "reporter.cjs");
const JEST = require.resolve("jest/bin/jest");

const project = mkdtempSync(join(tmpdir(), "lifeboat-reporter-"));
afterAll(() => rmSync(project, { recursive: true }));

/** A whole run of Jest over these suites: the last line of all that it printed, and how it ended. */
const jestOver = async (suites: Readonly<Record<string, string>>, totals?: string) => {
  const rootDir = mkdtempSync(join(project, "run-"));
  for (const [name, code] of Object.entries(suites)) writeFileSync(join(rootDir, `${name}.test.js`), code);
  const config = { rootDir, transform: {}, reporters: ["default", REPORTER] };
  const jest = [process.execPath, JEST, "-i", "--config", JSON.stringify(config)];
  const { code, stdout } = await run({
    command: "sh",
    args: ["-c", 'exec "$@" 2>&1', "sh", ...jest],
    cwd: rootDir,
    env: { ...process.env, LIFEBOAT_TEST_TOTALS: totals },
  });
  return { code, last: stdout.trimEnd().split("\n").at(-1) };
};

test("counts what passed, failed and was skipped; a suite that cannot run is a failure", async () => {
  const result = await jestOver({
    mixed:
      'test("a", () => {}); test("b", () => {}); test("c", () => { throw new Error("c"); }); test.skip("d", () => {}); test.todo("e");',
    broken: 'throw new Error("this suite cannot run");',
  });

  expect(result).toEqual({ code: 1, last: "2 passed, 2 failed, 2 skipped" });
});

test("says nothing of skipped tests when there are none", async () => {
  const result = await jestOver({ good: 'test("a", () => {});' });

  expect(result).toEqual({ code: 0, last: "1 passed, 0 failed" });
});

test("a second run with the same file of totals counts the first one too", async () => {
  const totals = join(project, "totals.json");
  await jestOver({ first: 'test("a", () => {}); test("b", () => { throw new Error("b"); });' }, totals);

  const result = await jestOver({ second: 'test("c", () => {});' }, totals);

  expect(result).toEqual({ code: 0, last: "2 passed, 1 failed" });
});
