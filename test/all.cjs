const { spawnSync } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/**
 * Every test, in two runs: what is quick in parallel first, then what starts servers and clouds one suite at a time, since a drill measures
 * time and two on two cores would measure each other. The second run's last line counts both.
 */
const RUNS = [
  ["test/unit", "test/infra", "test/conformance"],
  ["--runInBand", "test/integration", "test/drill"],
];

const jest = require.resolve("jest/bin/jest");
const folder = mkdtempSync(join(tmpdir(), "lifeboat-totals-"));
const env = { ...process.env, LIFEBOAT_TEST_TOTALS: join(folder, "totals.json") };
const codes = RUNS.map((args) => spawnSync(process.execPath, [jest, ...args], { stdio: "inherit", env }).status ?? 1);
rmSync(folder, { recursive: true });
process.exitCode = Math.max(...codes);
