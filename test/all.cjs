const { spawnSync } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/**
 * Every test, in two runs: what is quick and keeps its processors busy, two suites at a time; then what starts servers and clouds, three at a
 * time, because they wait for much of their time: for schedules, lags and alarms. A drill's times are longer then than by itself; what is judged of
 * them is its objectives. The last run's last line counts all.
 */
const RUNS = [
  ["test/unit", "test/infra", "test/conformance"],
  ["--maxWorkers=3", "test/integration", "test/drill"],
];

const jest = require.resolve("jest/bin/jest");
const folder = mkdtempSync(join(tmpdir(), "lifeboat-totals-"));
const env = { ...process.env, LIFEBOAT_TEST_TOTALS: join(folder, "totals.json") };
const codes = RUNS.map((args) => spawnSync(process.execPath, [jest, ...args], { stdio: "inherit", env }).status ?? 1);
rmSync(folder, { recursive: true });
process.exitCode = Math.max(...codes);
