const { spawnSync } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/**
 * Every test, in three runs: what is quick in parallel first, then what starts servers and clouds one suite at a time, since a drill measures
 * time and two on two cores would measure each other, and last the drills that must fail, side by side: they wait for most of their time,
 * and how long a failure took is not judged. The last run's last line counts all.
 */
const RUNS = [
  ["test/unit", "test/infra", "test/conformance"],
  ["--runInBand", "test/integration", "test/drill/drill.test.ts"],
  ["--maxWorkers=2", "test/drill/faults"],
];

const jest = require.resolve("jest/bin/jest");
const folder = mkdtempSync(join(tmpdir(), "lifeboat-totals-"));
const env = { ...process.env, LIFEBOAT_TEST_TOTALS: join(folder, "totals.json") };
const codes = RUNS.map((args) => spawnSync(process.execPath, [jest, ...args], { stdio: "inherit", env }).status ?? 1);
rmSync(folder, { recursive: true });
process.exitCode = Math.max(...codes);
