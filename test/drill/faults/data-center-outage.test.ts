import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { silentProgress } from "../../../local/progress";
import { runDrill } from "../../../ops/drill/run";
import type { Evidence } from "../../../recovery/evidence/evidence";

describe("the loss of the zone that the database's primary and the pods are in", () => {
  let runDir: string;

  beforeAll(async () => {
    runDir = await mkdtemp(join(tmpdir(), "lifeboat-zone-"));
  });

  afterAll(() => rm(runDir, { recursive: true, force: true }));

  test("loses no acknowledged write, at the same endpoints, and a standby stands again after it", async () => {
    const evidence = await runDrill({
      options: { scenario: "data-center-outage", json: true },
      progress: silentProgress,
      projectDir: resolve(__dirname, "..", "..", ".."),
      runDir,
      signal: new AbortController().signal,
      now: () => new Date(),
      random: Math.random,
    });

    expect(evidence.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(evidence).toMatchObject({ verdict: "recovered", strategy: null, alarms: [], primaryRegionCallsAfterDisaster: null });
    for (const store of ["postgres", "objects", "chroma"] as const)
      expect({ store, ...evidence.stores[store] }).toMatchObject({ store, lostWrites: 0, lossSeconds: 0 });
    expect(passedChecks(evidence)).toEqual(
      expect.arrayContaining([
        "postgres/endpoint",
        "postgres/zone",
        "recovery/the application's endpoints",
        "chroma/pods start again in another zone",
        "postgres/standby after the zone's return",
        "postgres/commits wait for it again",
        "postgres/backups go on",
        "postgres/no acknowledged write lost",
        "objects/no acknowledged write lost",
        "chroma/no acknowledged write lost",
        "postgres/exact as of its time",
        "postgres/no torn transaction",
        "postgres/written since the disaster",
      ]),
    );
    expect(evidence.phases.map(({ name }) => name)).toEqual(["decide", "provision", "restore", "hydrate", "verify", "cutOver"]);
    // The database was really away for a moment: a failover that takes no time was none.
    expect(evidence.phases.find(({ name }) => name === "restore")?.seconds).toBeGreaterThan(0);
    for (const name of ["provision", "hydrate", "verify"])
      expect(evidence.phases).toContainEqual({ name, seconds: 0, note: expect.any(String) });
  }, 600_000);
});

const passedChecks = ({ checks }: Evidence): readonly string[] => checks.map(({ store, name }) => `${store}/${name}`);
