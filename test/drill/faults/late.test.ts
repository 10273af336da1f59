import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { silentProgress } from "../../../local/progress";
import { OBJECTIVES } from "../../../ops/drill/profile";
import { runDrill } from "../../../ops/drill/run";
import { verdictOf } from "../../../recovery/evidence/evidence";

const LATE_SECONDS = OBJECTIVES.postgresRpoSeconds + 10;

describe("copies of the database's backups that are further behind than the objective", () => {
  let runDir: string;

  beforeAll(async () => {
    runDir = await mkdtemp(join(tmpdir(), "lifeboat-late-"));
  });

  afterAll(() => rm(runDir, { recursive: true, force: true }));

  test("make the drill fail its RPO, though everything that was restored is right", async () => {
    const evidence = await runDrill({
      options: { scenario: "regional-disaster", strategy: "point-in-time", databaseLagSeconds: LATE_SECONDS, json: true },
      progress: silentProgress,
      projectDir: resolve(__dirname, "..", "..", ".."),
      runDir,
      signal: new AbortController().signal,
      now: () => new Date(),
      random: Math.random,
    });

    const { postgres } = evidence.stores;
    expect(evidence.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(evidence.strategy).toBe("point-in-time");
    expect(postgres?.met).toBe(false);
    expect(postgres?.lossSeconds).toBeGreaterThan(OBJECTIVES.postgresRpoSeconds);
    expect(evidence.verdict).toBe("failed");
    expect(verdictOf(evidence).reasons).toEqual([expect.stringMatching(/^postgres: RPO missed: [\d.]+ s were lost, objective 45 s$/)]);
  }, 900_000);
});
