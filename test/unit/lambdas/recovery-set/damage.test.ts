import { lookForDamage } from "../../../../lambdas/recovery-set/damage";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import { sign } from "../../../../recovery/catalogue/authenticity";
import { makePointId, pointKey, proofKeyOf } from "../../../../recovery/catalogue/keys";
import type { Proof, RecoveryPoint } from "../../../../recovery/catalogue/point";
import { sha256Hex } from "../../../../recovery/checksum";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { catalogueIn } from "../support/vaults";

const DAY_SECONDS = 86_400;

const prepare = () => {
  const clock = clockAt("2026-11-24T10:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("replica", clock.now, 1000);
  const published: Measurement[] = [];
  const { log, lines } = memoryLog();
  /** A sealed point with so many records or rows; proven, or not yet. */
  const seal = async (store: "chroma" | "postgres", written: number, proven = true) => {
    clock.passSeconds(3600);
    const asOf = clock.now().toISOString();
    const pointId = makePointId(store, clock.now(), "1a2b");
    const key = pointKey(store, asOf, pointId);
    const object = { key: `${store}/${pointId}/manifest.json`, versionId: "v1", sizeBytes: 1, sha256: "a".repeat(64) };
    const point: RecoveryPoint = {
      ...{ schema: "lifeboat/recovery-point/2", system: SYSTEM, store, series: store, pointId, asOf, sealedAt: asOf },
      ...{
        window: { startedAt: asOf, finishedAt: asOf },
        manifest: object,
        parts: [],
        counts: { atSource: written, written },
        software: {},
      },
      lock: { mode: "GOVERNANCE", until: "2027-01-01T00:00:00.000Z" },
    };
    const entry = await sign(CATALOGUE_KEY, key, point);
    vault.add(key, entry);
    const proof: Proof = {
      ...{ schema: "lifeboat/proof/2", system: SYSTEM, store, pointId, entrySha256: sha256Hex(entry), verifiedAt: asOf },
      ...{ passed: true, checks: [] },
    };
    if (proven) vault.add(proofKeyOf(key), await sign(CATALOGUE_KEY, proofKeyOf(key), proof));
  };
  const metrics = { publish: async (measurements: readonly Measurement[]) => void published.push(...measurements) };
  const look = (dumps = true) =>
    lookForDamage({ system: SYSTEM, catalogue: catalogueIn(vault), documentsReplica, metrics, log, now: clock.now }, { dumps });
  const signs = () => Object.fromEntries(published.map(({ store, value }) => [store, value]));
  return { clock, vault, documentsReplica, lines, published, look, seal, signs };
};

describe("a look for damage", () => {
  it("publishes a zero for each store that it looked at, also where there is nothing yet", async () => {
    const { look, published, signs } = prepare();

    expect(await look()).toEqual([]);
    expect(signs()).toEqual({ chroma: 0, objects: 0, postgres: 0 });
    expect(published[0]).toMatchObject({ name: "DamageSigns", unit: "Count", system: SYSTEM });
  });

  it("leaves the rows out where no dumps are taken", async () => {
    const { look, signs } = prepare();

    await look(false);

    expect(signs()).toEqual({ chroma: 0, objects: 0 });
  });

  it.each([
    ["chroma", 1000, 500, 1],
    ["chroma", 1000, 501, 0],
    ["postgres", 1000, 500, 1],
    ["postgres", 1000, 501, 0],
    ["postgres", 0, 0, 0],
    ["postgres", 10, 1000, 0],
  ] as const)("takes %s points of %d, then %d for %d signs", async (store, older, newer, expected) => {
    const { look, seal, signs, lines } = prepare();
    await seal(store, older);
    await seal(store, newer);

    const found = await look();

    expect(signs()[store]).toBe(expected);
    expect(found.map((sign) => sign.store)).toEqual(Array.from({ length: expected }, () => store));
    expect(lines.filter(({ level }) => level === "error")).toHaveLength(expected);
  });

  it.each(["chroma", "postgres"] as const)("compares the proven %s points behind one that nobody has read back yet", async (store) => {
    const { look, seal, signs } = prepare();
    await seal(store, 1000);
    await seal(store, 10);
    await seal(store, 9, false);

    await look();

    expect(signs()[store]).toBe(1);
  });

  it.each(["chroma", "postgres"] as const)("is calm again when %s stays as it is", async (store) => {
    const { look, seal, signs } = prepare();
    for (const count of [1000, 10, 11, 12]) await seal(store, count);

    await look();

    expect(signs()[store]).toBe(0);
  });

  it("tells that most documents were overwritten within a day", async () => {
    const { clock, documentsReplica, look, signs } = prepare();
    for (let each = 0; each < 20; each += 1) documentsReplica.add(`document-${each}`, "text");
    clock.passSeconds(2 * DAY_SECONDS);
    await look();
    expect(signs().objects).toBe(0);

    for (let each = 0; each < 10; each += 1) documentsReplica.add(`document-${each}`, "scrambled");
    const [found] = await look();

    expect(signs().objects).toBe(1);
    expect(found).toMatchObject({ store: "objects", evidence: expect.stringContaining("10 overwritten") });
  });

  it("fails where it cannot look, and publishes no zero for that store", async () => {
    const { look, published, vault } = prepare();
    vault.versions = () => {
      throw new Error("503 SlowDown");
    };

    await expect(look()).rejects.toThrow("503 SlowDown");
    expect(published).toEqual([]);
  });
});
