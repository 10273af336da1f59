import { catalogueOf } from "../../../../lambdas/shared/catalogue";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import { publishDumpAge } from "../../../../lambdas/watch/dump";
import { sign } from "../../../../recovery/catalogue/authenticity";
import { pointKey, proofKeyOf } from "../../../../recovery/catalogue/keys";
import type { Proof, RecoveryPoint } from "../../../../recovery/catalogue/point";
import { sha256Hex } from "../../../../recovery/checksum";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { DUMP_POINT } from "../support/postgres-dump";

const SYSTEM = "acme";
const AS_OF = "2026-11-24T10:00:00.000Z";
const OBJECT = { key: `postgres/${DUMP_POINT}/manifest.json`, versionId: "v1", sizeBytes: 1, sha256: "a".repeat(64) };

const POINT: RecoveryPoint = {
  ...{ schema: "lifeboat/recovery-point/2", system: SYSTEM, store: "postgres", series: "postgres", pointId: DUMP_POINT, asOf: AS_OF },
  ...{ window: { startedAt: AS_OF, finishedAt: AS_OF }, manifest: OBJECT, parts: [], counts: { atSource: 1, written: 1 }, software: {} },
  ...{ lock: { mode: "GOVERNANCE", until: "2027-01-01T00:00:00.000Z" }, sealedAt: AS_OF },
};

const prepare = () => {
  const clock = clockAt("2026-11-24T16:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const published: Measurement[] = [];
  const { log, lines } = memoryLog();
  const key = pointKey("postgres", AS_OF, DUMP_POINT);
  const seal = async (passed?: boolean) => {
    const entry = await sign(CATALOGUE_KEY, key, POINT);
    vault.add(key, entry);
    if (passed === undefined) return;
    const proof: Proof = {
      ...{ schema: "lifeboat/proof/2", system: SYSTEM, store: "postgres", pointId: DUMP_POINT, entrySha256: sha256Hex(entry) },
      ...{ verifiedAt: AS_OF, passed, checks: [] },
    };
    vault.add(proofKeyOf(key), await sign(CATALOGUE_KEY, proofKeyOf(key), proof));
  };
  const metrics = { publish: async (measurements: readonly Measurement[]) => void published.push(...measurements) };
  const run = () => publishDumpAge({ catalogue: catalogueOf(vault, CATALOGUE_KEY), metrics, log, now: clock.now }, SYSTEM);
  return { clock, lines, published, run, seal, vault };
};

describe("the age of the newest dump", () => {
  it("is published once the dump is read back", async () => {
    const { clock, published, run, seal } = prepare();
    await seal(true);

    await run();

    const at = clock.now();
    expect(published).toEqual([{ name: "DumpAgeSeconds", unit: "Seconds", value: 6 * 3600, at, system: SYSTEM, store: "postgres" }]);
  });

  it.each([
    ["there is none", undefined, "none has been sealed"],
    ["nobody has read it back", "sealed", /proof|proven|read back/],
    ["it did not read back", "failed", /./],
  ] as const)("is not published where %s, and the log says why", async (_name, state, reason) => {
    const { lines, published, run, seal } = prepare();
    if (state !== undefined) await seal(state === "failed" ? false : undefined);

    await run();

    expect(published).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ level: "warn", fields: { reason: expect.stringMatching(reason) } });
  });

  it("that cannot be told does not keep the lags from being measured", async () => {
    const { lines, published, run, vault } = prepare();
    vault.versions = () => {
      throw new Error("503 SlowDown");
    };
    vault.list = vault.versions as never;

    await run();

    expect(published).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ level: "error", fields: { reason: "503 SlowDown" } });
  });
});
