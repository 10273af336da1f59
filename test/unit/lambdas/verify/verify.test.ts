import { encodePart } from "../../../../lambdas/chroma/parquet";
import { chromaContent } from "../../../../lambdas/verify/chroma/content";
import { arrivedEntries, POINTS_PER_RUN, pendingEntries } from "../../../../lambdas/verify/pending";
import { provePoint } from "../../../../lambdas/verify/proof";
import { verifyEntries } from "../../../../lambdas/verify/verify";
import { proofKeyOf } from "../../../../recovery/catalogue/keys";
import { Proof, RecoveryPoint } from "../../../../recovery/catalogue/point";
import { selectPoint } from "../../../../recovery/catalogue/select";
import { sha256Hex } from "../../../../recovery/checksum";
import { ChromaManifest } from "../../../../recovery/chroma/manifest";
import { LifeboatError } from "../../../../recovery/errors";
import { MemoryObjects } from "../../../support/memory-objects";
import { exportedPoint, fiveRecords, recordOf, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { catalogueIn, proofTools, sealInto, signedIn } from "../support/vaults";

const POINT = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);

const prepare = async (point = POINT) => {
  const clock = clockAt("2026-11-24T10:00:30.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const entryKey = await sealInto(vault, clock.now, point);
  const { log, messages } = memoryLog();
  const refusals: Date[] = [];
  const tools = { ...proofTools(vault, clock.now), log, refused: async () => void refusals.push(clock.now()) };
  const proof = () => Proof.parse(signedIn(vault, proofKeyOf(entryKey)));
  const failed = () => proof().checks.filter(({ passed }) => !passed);
  return { clock, entryKey, failed, messages, proof, refusals, tools, vault };
};

describe("reading a point back", () => {
  it("writes a passed proof of exactly this entry, locked as long as the entry, and makes the point usable", async () => {
    const { clock, entryKey, proof, tools, vault } = await prepare();
    clock.passSeconds(5);

    const result = await provePoint(tools, SYSTEM, entryKey);

    expect(result.outcome).toBe("passed");
    expect(proof()).toMatchObject({
      passed: true,
      entrySha256: sha256Hex(vault.text(entryKey) ?? ""),
      verifiedAt: "2026-11-24T10:00:35.000Z",
    });
    const entry = RecoveryPoint.parse(signedIn(vault, entryKey));
    expect(vault.versionsOf(proofKeyOf(entryKey))[0]?.lock?.until).toEqual(new Date(entry.lock.until));
    expect((await selectPoint(catalogueIn(vault), SYSTEM, "chroma")).chosen?.key).toBe(entryKey);
  });

  it("is done once: a second event reads no part", async () => {
    const { entryKey, tools, vault } = await prepare();
    await provePoint(tools, SYSTEM, entryKey);
    vault.calls.length = 0;

    const again = await provePoint(tools, SYSTEM, entryKey);

    expect(again.outcome).toBe("already-proven");
    expect(vault.calls).toEqual([`get ${entryKey}`, `get ${proofKeyOf(entryKey)}`]);
  });

  it("fails a point whose records are not those of the manifest, although every byte is as sealed", async () => {
    const forged = withOtherRecords();
    const { entryKey, failed, refusals, tools } = await prepare(forged);

    const result = await provePoint(tools, SYSTEM, entryKey);

    expect(result.outcome).toBe("failed");
    expect(failed().map(({ name }) => name)).toEqual(["default_tenant/default_database/chunks: content"]);
    expect(refusals).toHaveLength(1);
  });

  it("fails a point that cannot be decoded", async () => {
    const { entryKey, failed, tools } = await prepare();
    const broken = async () => {
      throw new Error("invalid magic bytes");
    };

    await provePoint({ ...tools, readers: { chroma: chromaContent(broken) } }, SYSTEM, entryKey);

    expect(failed().find(({ name }) => name === "parts decoded")?.actual).toContain("invalid magic bytes");
  });

  it("fails a point whose sealed version is gone or unlocked, and names it", async () => {
    const { entryKey, failed, tools, vault } = await prepare();
    const [gone, unlocked] = POINT.objects;
    const get = vault.get.bind(vault);
    vault.get = async (key, versionId) => {
      const found = await get(key, versionId);
      if (key === gone?.key) return undefined;
      return found !== undefined && key === unlocked?.key ? { ...found, lock: undefined } : found;
    };

    await provePoint(tools, SYSTEM, entryKey);

    expect(failed().find(({ name }) => name === "parts read back")?.actual).toContain(`${gone?.key} version`);
    expect(failed().find(({ name }) => name.startsWith("locked"))?.actual).toContain(`${unlocked?.key} is not locked`);
  });

  it("reads the sealed version, not a later one under the same key", async () => {
    const { entryKey, tools, vault } = await prepare();
    for (const { key } of POINT.objects) vault.add(key, "overwritten");

    expect((await provePoint(tools, SYSTEM, entryKey)).outcome).toBe("passed");
  });

  it("writes nothing about a fault that may pass, and throws it", async () => {
    const { entryKey, tools, vault, refusals } = await prepare();
    const get = vault.get.bind(vault);
    vault.get = async (key, versionId) => {
      if (key.endsWith(".parquet")) throw new Error("503 SlowDown");
      return get(key, versionId);
    };

    await expect(provePoint(tools, SYSTEM, entryKey)).rejects.toThrow("SlowDown");

    expect(vault.text(proofKeyOf(entryKey))).toBeUndefined();
    expect(refusals).toHaveLength(0);
  });

  it("stops before its time-out without a proof", async () => {
    const { entryKey, tools, vault } = await prepare();
    const deadline = () => {
      throw new LifeboatError({ code: "interrupted", what: "out of time", hint: "call again" });
    };

    await expect(provePoint({ ...tools, deadline }, SYSTEM, entryKey)).rejects.toMatchObject({ code: "interrupted" });

    expect(vault.text(proofKeyOf(entryKey))).toBeUndefined();
  });

  it("tells of an object that is no entry, and of an entry whose lock has ended, without a proof", async () => {
    const { clock, entryKey, refusals, tools, vault } = await prepare();
    vault.add("catalogue/points/chroma/0-x.json", "{}");

    const unreadable = await provePoint(tools, SYSTEM, "catalogue/points/chroma/0-x.json");
    clock.passSeconds(91 * 86_400);
    const expired = await provePoint(tools, SYSTEM, entryKey);

    expect([unreadable.outcome, expired.outcome]).toEqual(["unreadable", "expired"]);
    expect(vault.keysUnder("catalogue/proofs/")).toEqual([]);
    expect(refusals).toHaveLength(1);
  });
});

describe("what the verifying function is called for", () => {
  it("proves the other entries of an event when one of them cannot be read now", async () => {
    const { clock, entryKey, tools, vault } = await prepare();
    clock.passSeconds(3600);
    const other = await sealInto(vault, clock.now, exportedPoint("chroma-20261124T101000Z-2b3c", fiveRecords, WINDOW));
    const get = vault.get.bind(vault);
    vault.get = async (key, versionId) => {
      if (key === entryKey) throw new Error("503 SlowDown");
      return get(key, versionId);
    };

    await expect(verifyEntries(tools, SYSTEM, [entryKey, other])).rejects.toThrow("SlowDown");

    expect(vault.keysUnder("catalogue/proofs/")).toEqual([proofKeyOf(other)]);
  });

  it("takes only catalogue entries of its vault, each once", () => {
    const arrivedAt = new Date("2026-11-24T10:00:00.000Z");
    const keys = [
      "catalogue/points/chroma/1.json",
      "catalogue/points/chroma/1.json",
      "catalogue/proofs/chroma/1.json",
      "chroma/x/manifest.json",
    ];

    const entries = arrivedEntries("vault", [
      ...keys.map((key) => ({ bucket: "vault", key, arrivedAt })),
      { bucket: "documents-vault", key: "catalogue/points/chroma/2.json", arrivedAt },
    ]);

    expect(entries).toEqual(["catalogue/points/chroma/1.json"]);
  });

  it("finds what lost events left, the newest first and no more than a run bears", async () => {
    const { clock, entryKey, tools, vault } = await prepare();
    await provePoint(tools, SYSTEM, entryKey);
    const later: string[] = [];
    clock.passSeconds(3600);
    for (let minute = 1; minute <= POINTS_PER_RUN + 2; minute += 1) {
      const time = `2026-11-24T10:${String(10 + minute)}`;
      const window = { startedAt: `${time}:00.000Z`, finishedAt: `${time}:20.000Z` };
      later.unshift(await sealInto(vault, clock.now, exportedPoint(`chroma-20261124T10${10 + minute}00Z-0000`, fiveRecords, window)));
    }

    expect(await pendingEntries(catalogueIn(vault), vault)).toEqual(later.slice(0, POINTS_PER_RUN));
  });
});

const WINDOW = { startedAt: "2026-11-24T10:10:00.000Z", finishedAt: "2026-11-24T10:10:20.000Z" };

/** A point whose first part holds another document than the digest was taken of. */
const withOtherRecords = () => {
  const point = exportedPoint(POINT.pointId, fiveRecords);
  const body = encodePart([{ ...recordOf("a"), document: "scrambled" }, recordOf("b")]);
  const [first, ...rest] = point.objects;
  const manifest = ChromaManifest.parse(structuredClone(point.manifest));
  const part = manifest.collections[0]?.parts[0];
  if (first === undefined || part === undefined) throw new Error("the point has no part");
  Object.assign(part, { sizeBytes: body.byteLength, sha256: sha256Hex(body) });
  return {
    ...point,
    manifest,
    objects: [{ ...first, body }, ...rest.slice(0, -1), { key: rest.at(-1)?.key ?? "", body: JSON.stringify(manifest) }],
  };
};
