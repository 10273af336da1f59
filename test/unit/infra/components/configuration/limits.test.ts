import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { gitTimes } from "../../../../../infra/components/configuration/gitJob";
import { run } from "../../../../../local/process";

const SCRIPT = join(__dirname, "..", "..", "..", "..", "..", "infra", "components", "configuration", "git", "limits.sh");
const EVERY_SECONDS = 300;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-limits-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The orders of runs that begin so many turns after each other, by one shell. */
const orders = async (repositories: number, turnsBetween: number, runs: number): Promise<readonly string[]> => {
  const file = join(folder, "repositories.tsv");
  writeFileSync(file, Array.from({ length: repositories }, (_, index) => `${index}\n`).join(""));
  const script = `. "$0"; date() { echo "$at"; }; at=$1
    for n in $(seq "$2"); do in_turn "$3" | tr '\\n' ' '; echo; at=$((at + $4)); done`;
  const { stdout } = await run({
    command: "sh",
    args: ["-c", script, SCRIPT, "1795729200", String(runs), file, String(turnsBetween * EVERY_SECONDS)],
    env: { ...process.env, EVERY_SECONDS: String(EVERY_SECONDS) },
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim());
};

it("each repository is the first of a run at some time, however many turns a run takes, and none is left out of any", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), async (repositories, turnsBetween) => {
      const all = await orders(repositories, turnsBetween, 12 * repositories);

      expect(new Set(all.map((order) => order.split(" ")[0])).size).toBe(repositories);
      for (const order of all) expect(new Set(order.split(" ")).size).toBe(repositories);
    }),
    { numRuns: 12 },
  );
});

it("the steps of a run end before the Job does, and leave it a tenth of its time to start in and to tell how it went", () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 86_400 }), (timeLimitSeconds) => {
      const steps = Object.values(gitTimes(timeLimitSeconds)).reduce((sum, seconds) => sum + seconds, 0);

      expect(steps).toBeLessThanOrEqual(timeLimitSeconds * 0.9);
    }),
  );
});
