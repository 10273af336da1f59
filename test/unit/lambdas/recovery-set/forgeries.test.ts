import fc from "fast-check";
import { lookForForgeries, OBJECTS_READ, TOLD_FOR_HOURS } from "../../../../lambdas/recovery-set/forgeries";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import { sign } from "../../../../recovery/catalogue/authenticity";
import { laterProofKey, pointKey, proofKeyOf, readingKey } from "../../../../recovery/catalogue/keys";
import { progressKey, progressPrefix } from "../../../../recovery/catalogue/progress";
import { setKey } from "../../../../recovery/catalogue/set";
import { CATALOGUE_KEY, memoryKey } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";

const AT = "2026-11-24T10:00:00.000Z";
const POINT = pointKey("chroma", AT, "chroma-20261124T100000Z-1a2b");
const KEYS = {
  entry: POINT,
  "entry of a subject": pointKey("configuration/repositories/shop", AT, "configuration-20261124T100000Z-1a2b"),
  proof: proofKeyOf(POINT),
  "later proof": laterProofKey(POINT, "2026-11-24T11:00:00.000Z"),
  reading: readingKey(AT, "1a2b"),
  set: setKey(AT, "set-20261124T100000Z-1a2b"),
  checkpoint: progressKey(progressPrefix("verify", "chroma/chroma-20261124T100000Z-1a2b"), AT, "1a2b"),
};

const prepare = async () => {
  const clock = clockAt(AT);
  const vault = new MemoryObjects("vault", clock.now);
  const published: Measurement[] = [];
  const { log, lines } = memoryLog();
  for (const key of Object.values(KEYS)) vault.add(key, await sign(CATALOGUE_KEY, key, { of: key }));
  const metrics = { publish: async (measurements: readonly Measurement[]) => void published.push(...measurements) };
  const look = () => lookForForgeries({ system: SYSTEM, vault, authenticator: CATALOGUE_KEY, metrics, log, now: clock.now });
  return { clock, vault, published, lines, look };
};

describe("a look for forgeries", () => {
  it("finds none in what those wrote that may, and says so", async () => {
    const { clock, look, published } = await prepare();

    expect(await look()).toEqual([]);
    expect(published).toEqual([{ name: "ForgedObjects", unit: "Count", value: 0, at: clock.now(), system: SYSTEM }]);
  });

  it.each(Object.entries(KEYS))("names what was written over an authentic %s without a code, which no reader takes", async (_name, key) => {
    const { vault, look, published, lines } = await prepare();
    vault.add(key, JSON.stringify({ signed: { of: key } }));

    const found = await look();

    expect(found).toEqual([expect.objectContaining({ key, problem: expect.stringContaining("no code") })]);
    expect(published.map(({ value }) => value)).toEqual([1]);
    expect(lines).toContainEqual({ level: "error", message: expect.stringContaining("was not written by"), fields: found[0] });
  });

  it("tells an edited object, a replayed one and one of a foreign key from an authentic one", async () => {
    const { vault, look } = await prepare();
    const own = await sign(CATALOGUE_KEY, KEYS.set, { skewSeconds: 5 });
    const newer = setKey("2026-11-24T10:30:00.000Z", "set-20261124T103000Z-2b3c");
    const foreign = setKey("2026-11-24T10:40:00.000Z", "set-20261124T104000Z-3c4d");
    vault.add(KEYS.set, own.replace('"skewSeconds":5', '"skewSeconds":0'));
    vault.add(newer, own);
    vault.add(foreign, await sign(memoryKey("another"), foreign, { skewSeconds: 5 }));

    const found = await look();

    expect(found.map(({ key }) => key).sort()).toEqual([KEYS.set, newer, foreign].sort());
    for (const { problem } of found) expect(problem).toContain("not authentic");
  });

  it("finds whatever was written without a code wherever and in whatever order, and nothing else", async () => {
    const keys = Object.values(KEYS);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.constantFrom(...keys), isOurs: fc.boolean(), hidden: fc.boolean() }), { maxLength: 12 }),
        async (writes) => {
          const { vault, look } = await prepare();
          for (const [index, { key, isOurs, hidden }] of writes.entries()) {
            vault.add(key, isOurs ? await sign(CATALOGUE_KEY, key, { index }) : JSON.stringify({ signed: { index }, mac: "AAAA" }));
            if (hidden) vault.add(key, undefined);
          }

          const forged = writes.flatMap(({ key, isOurs }) => (isOurs ? [] : [key]));
          expect((await look()).map(({ key }) => key).sort()).toEqual(forged.sort());
        },
      ),
    );
  });

  it("tells of it for a day by the vault's own clock, and of the next one then", async () => {
    const { clock, vault, look } = await prepare();
    vault.add(KEYS.entry, "{}");
    clock.passSeconds(TOLD_FOR_HOURS * 3600);
    expect((await look()).map(({ key }) => key)).toEqual([KEYS.entry]);

    clock.passSeconds(1);
    expect(await look()).toEqual([]);
    vault.add(KEYS.proof, "{}");
    expect((await look()).map(({ key }) => key)).toEqual([KEYS.proof]);
  });

  it("reads a bounded number of objects, the latest written ones, and says when there were more", async () => {
    const { clock, vault, look, lines } = await prepare();
    let reads = 0;
    const { get } = vault;
    vault.get = (key, versionId) => {
      reads += 1;
      return get.call(vault, key, versionId);
    };
    for (let series = 0; series < 3; series += 1)
      for (let each = 0; each < 800; each += 1) vault.add(pointKey(`configuration/repositories/r${series}`, AT, `p${each}`), "{}");
    clock.passSeconds(60);
    vault.add(KEYS.set, "{}");

    const found = await look();

    expect(reads).toBe(OBJECTS_READ);
    expect(found.map(({ key }) => key)).toContain(KEYS.set);
    expect(lines.at(-1)).toMatchObject({ level: "warn", fields: { looked: OBJECTS_READ } });
  });

  it("fails where it cannot look, and publishes no zero for it", async () => {
    const { vault, look, published } = await prepare();
    vault.get = async () => Promise.reject(new Error("AccessDenied"));

    await expect(look()).rejects.toThrow("AccessDenied");
    expect(published).toEqual([]);
  });
});
