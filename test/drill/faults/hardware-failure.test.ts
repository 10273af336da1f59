import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { silentProgress } from "../../../local/progress";
import { OBJECTIVES } from "../../../ops/drill/profile";
import { runDrill } from "../../../ops/drill/run";

describe("the loss of the database's server and disk, its standby's with them", () => {
  let runDir: string;

  beforeAll(async () => {
    runDir = await mkdtemp(join(tmpdir(), "lifeboat-hardware-"));
  });

  afterAll(() => rm(runDir, { recursive: true, force: true }));

  test("is restored in its region by the operator's command, exact as of a time, under the same name and endpoint", async () => {
    const evidence = await runDrill({
      options: { scenario: "hardware-failure", json: true },
      progress: silentProgress,
      projectDir: resolve(__dirname, "..", "..", ".."),
      runDir,
      signal: new AbortController().signal,
      now: () => new Date(),
      random: Math.random,
    });

    expect(evidence.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(evidence).toMatchObject({ verdict: "recovered", strategy: null, primaryRegionCallsAfterDisaster: null });
    expect(evidence.alarms).toEqual([expect.objectContaining({ store: "postgres", region: "eu-west-1", state: "ALARM" })]);
    expect(evidence.stores.postgres?.lossSeconds).toBeLessThanOrEqual(OBJECTIVES.postgresRpoSeconds);
    expect(evidence.stores.objects).toMatchObject({ lostWrites: 0 });
    expect(evidence.stores.chroma).toMatchObject({ lostWrites: 0 });
    expect(evidence.databaseStrategies).toEqual({ restore: expect.objectContaining({ lostWrites: evidence.stores.postgres?.lostWrites }) });
    const names = evidence.checks.map(({ store, name }) => `${store}/${name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        "postgres/restore-in-region",
        "postgres/endpoint",
        "postgres/another instance under the name",
        "postgres/settings as before",
        "postgres/restore-in-region, once more",
        "postgres/commits wait for a standby",
        "postgres/backups go on",
        "postgres/replication of its backups",
        "postgres/exact as of its time",
        "postgres/no torn transaction",
        "postgres/written since the disaster",
        "objects/no acknowledged write lost",
        "chroma/no acknowledged write lost",
      ]),
    );
    expect(evidence.phases.map(({ name }) => name)).toEqual(["decide", "provision", "restore", "hydrate", "verify", "cutOver"]);
  }, 600_000);
});
