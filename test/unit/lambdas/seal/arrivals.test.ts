import fc from "fast-check";
import { sealArrivals, sealOnSchedule } from "../../../../lambdas/seal/arrivals";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { firstAuthentic } from "../../../../recovery/catalogue/authentic";
import { sign } from "../../../../recovery/catalogue/authenticity";
import { newestFirst, pointKey } from "../../../../recovery/catalogue/keys";
import { RecoveryPoint } from "../../../../recovery/catalogue/point";
import { sha256Hex } from "../../../../recovery/checksum";
import { manifestKey } from "../../../../recovery/chroma/manifest";
import { LifeboatError } from "../../../../recovery/errors";
import { CATALOGUE_KEY, memoryKey } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { type ExportedPoint, exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { memoryLog } from "../support/log";
import { catalogueIn, signedIn } from "../support/vaults";

const POINT = exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords);
const ENTRY_KEY = pointKey("chroma", POINT.manifest.window.startedAt, POINT.pointId);

const prepare = () => {
  const clock = clockAt("2026-11-24T10:00:30.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const { log, messages } = memoryLog();
  const refusals: Date[] = [];
  const key = { signer: CATALOGUE_KEY, authenticator: CATALOGUE_KEY };
  const tools = { ...key, vault, log, now: clock.now, deadline: noDeadline, refused: async () => void refusals.push(clock.now()) };
  const settings = { system: SYSTEM, lockMode: "GOVERNANCE" as const, backupRetentionDays: 90 };
  /** An object arrives by replication and its event is delivered, as often as said. */
  const arrive = async (key: string, body: Uint8Array | string, deliveries = 1) => {
    clock.passSeconds(1);
    const { versionId } = vault.add(key, body);
    const arrival = { bucket: vault.bucket, key, versionId, arrivedAt: clock.now() };
    const responses = [];
    for (let delivery = 0; delivery < deliveries; delivery += 1) {
      clock.passSeconds(1);
      responses.push(await sealArrivals(tools, settings, [arrival]));
    }
    return responses;
  };
  const entry = () => RecoveryPoint.parse(signedIn(vault, ENTRY_KEY));
  return { arrive, clock, entry, messages, refusals, settings, tools, vault };
};

/** Time for so many parts to be hashed and locked. */
const timeFor = (parts: number) => {
  let left = parts;
  return () => {
    left -= 1;
    if (left <= 0) throw new LifeboatError({ code: "interrupted", what: "the time is over", hint: "call again" });
  };
};

const arriveAll = async (system: ReturnType<typeof prepare>, point: ExportedPoint) => {
  const responses = [];
  for (const { key, body } of point.objects) responses.push(...(await system.arrive(key, body)));
  return responses;
};

describe("sealing a point", () => {
  it("seals it when its last object has arrived, in whatever order and however often events come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...POINT.objects], { minLength: POINT.objects.length }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: POINT.objects.length, maxLength: POINT.objects.length }),
        async (order, deliveries) => {
          const system = prepare();

          const outcomes: string[] = [];
          for (const [index, { key, body }] of order.entries())
            for (const response of await system.arrive(key, body, deliveries[index]))
              outcomes.push(...response.points.map(({ outcome }) => outcome));

          expect(outcomes.filter((outcome) => outcome === "sealed")).toHaveLength(1);
          expect(outcomes.indexOf("sealed")).toBe(outcomes.length - (deliveries.at(-1) ?? 1));
          expect(system.vault.versionsOf(ENTRY_KEY)).toHaveLength(1);
          expect(system.refusals).toHaveLength(0);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("writes an entry that names each version, and locks all of them for the whole period", async () => {
    const system = prepare();

    await arriveAll(system, POINT);

    const entry = system.entry();
    expect(entry).toMatchObject({ asOf: "2026-11-24T10:00:00.000Z", counts: { atSource: 5, written: 5 }, store: "chroma" });
    expect(entry.parts.map(({ key, sha256 }) => ({ key, sha256 }))).toEqual(
      POINT.manifest.collections[0]?.parts.map(({ key, sha256 }) => ({ key, sha256 })),
    );
    expect(Date.parse(entry.lock.until)).toBe(Math.floor(Date.parse(entry.sealedAt) / 1000) * 1000 + 90 * 86_400_000);
    for (const { key, versionId } of [entry.manifest, ...entry.parts]) {
      const [version] = system.vault.versionsOf(key);
      expect(version).toMatchObject({ versionId, lock: { mode: "GOVERNANCE", until: new Date(entry.lock.until) } });
    }
    expect(system.vault.versionsOf(ENTRY_KEY)[0]?.lock?.until).toEqual(new Date(entry.lock.until));
  });

  it("refuses a part whose bytes differ, names it with both digests, and writes no entry", async () => {
    const system = prepare();
    const [first, ...rest] = POINT.objects;
    const other = Buffer.from(first?.body ?? "");
    other[10] = (other[10] ?? 0) ^ 1;
    await system.arrive(first?.key ?? "", other);
    for (const { key, body } of rest.slice(0, -1)) await system.arrive(key, body);
    const manifest = rest.at(-1);

    const sealing = system.arrive(manifest?.key ?? "", manifest?.body ?? "");

    await expect(sealing).rejects.toMatchObject({ code: "digest-mismatch", message: expect.stringContaining(first?.key ?? "-") });
    await expect(sealing).rejects.toThrow(POINT.manifest.collections[0]?.parts[0]?.sha256);
    expect(system.vault.keysUnder("catalogue/")).toEqual([]);
    expect(system.refusals).toHaveLength(1);
  });

  it("seals the true version of a part that was overwritten before", async () => {
    const system = prepare();
    const [first, ...rest] = POINT.objects;
    await system.arrive(first?.key ?? "", "garbage");
    const { versionId } = system.vault.add(first?.key ?? "", first?.body);

    for (const { key, body } of rest) await system.arrive(key, body);

    expect(system.entry().parts[0]?.versionId).toBe(versionId);
  });

  it("counts the first manifest: a later one with another content is refused and told, also after the sealing", async () => {
    const system = prepare();
    await arriveAll(system, POINT);
    const before = system.vault.text(ENTRY_KEY);
    const forged = JSON.stringify({ ...POINT.manifest, collections: [] });

    const [response] = await system.arrive(manifestKey(POINT.pointId), forged);

    expect(response?.points).toEqual([expect.objectContaining({ outcome: "already-sealed" })]);
    expect(system.refusals).toHaveLength(1);
    expect(system.messages("error")).toEqual(["a later manifest was refused"]);
    expect(system.vault.text(ENTRY_KEY)).toBe(before);
    expect(system.entry().manifest.versionId).toBe(system.vault.versionsOf(manifestKey(POINT.pointId))[0]?.versionId);
  });

  it("names a later version of a part that has other bytes, and seals nothing anew", async () => {
    const system = prepare();
    await arriveAll(system, POINT);
    const [part] = POINT.objects;

    const [response] = await system.arrive(part?.key ?? "", "ransom");

    expect(response?.points).toEqual([expect.objectContaining({ outcome: "already-sealed" })]);
    expect(system.messages("error")).toEqual(["another version of a part was refused"]);
    expect(system.refusals).toHaveLength(1);
    expect(system.vault.versionsOf(ENTRY_KEY)).toHaveLength(1);
  });

  it("seals a point once, also when a delete marker hides its entry", async () => {
    const system = prepare();
    await arriveAll(system, POINT);
    system.vault.add(ENTRY_KEY, undefined);

    await arriveAll(system, POINT);

    expect(system.vault.versionsOf(ENTRY_KEY).filter(({ bytes }) => bytes !== undefined)).toHaveLength(1);
  });

  it.each([
    ["without a code", JSON.stringify({ schema: "lifeboat/recovery-point/2" })],
    ["with another key's code", JSON.stringify({ signed: {}, mac: Buffer.alloc(32).toString("base64") })],
  ])("is not kept from its entry by one %s that stands there first, and names it", async (_what, forgery) => {
    const system = prepare();
    system.vault.add(ENTRY_KEY, forgery);

    await arriveAll(system, POINT);

    const found = await firstAuthentic(catalogueIn(system.vault), RecoveryPoint, ENTRY_KEY);
    expect(found.first?.value.pointId).toBe(POINT.pointId);
    expect(found.strangers).toHaveLength(1);
    expect(system.messages("error")).toContain("a forged entry was refused");
  });

  it("takes a second version with the same bytes as a repeated delivery", async () => {
    const system = prepare();
    await arriveAll(system, POINT);

    await arriveAll(system, POINT);

    expect(system.refusals).toHaveLength(0);
    expect(system.vault.versionsOf(ENTRY_KEY)).toHaveLength(1);
  });

  it.each([
    ["records that were not written", { countAtSource: 6 }, "short-export"],
    ["rows that its parts do not hold", { countAtSource: 6, countWritten: 6 }, "short-export"],
  ])("refuses a manifest that claims %s", async (_what, claim, code) => {
    const system = prepare();
    const collections = POINT.manifest.collections.map((collection) => ({ ...collection, ...claim }));
    for (const { key, body } of POINT.objects.slice(0, -1)) await system.arrive(key, body);

    const sealing = system.arrive(manifestKey(POINT.pointId), JSON.stringify({ ...POINT.manifest, collections }));

    await expect(sealing).rejects.toMatchObject({ code });
    expect(system.vault.keysUnder("catalogue/")).toEqual([]);
    expect(system.refusals).toHaveLength(1);
  });

  it.each([
    ["of another system", { system: "other" }],
    ["of another point", { pointId: "chroma-20261124T110000Z-ffff" }],
    [
      "of the future, which would be the newest until then",
      { window: { startedAt: "2026-11-24T10:10:00.000Z", finishedAt: "2026-11-24T10:10:20.000Z" } },
    ],
    ["that ended before it began", { window: { startedAt: "2026-11-24T10:00:00.000Z", finishedAt: "2026-11-24T09:59:20.000Z" } }],
  ])("refuses a manifest %s", async (_what, claim) => {
    const system = prepare();

    const sealing = system.arrive(manifestKey(POINT.pointId), JSON.stringify({ ...POINT.manifest, ...claim }));

    await expect(sealing).rejects.toMatchObject({ code: "point-refused" });
  });

  it("bears a clock that is a little ahead", async () => {
    const system = prepare();
    const window = { startedAt: "2026-11-24T10:02:00.000Z", finishedAt: "2026-11-24T10:02:20.000Z" };

    const responses = await arriveAll(system, exportedPoint("chroma-20261124T100200Z-1a2b", fiveRecords, window));

    expect(responses.at(-1)?.points[0]?.outcome).toBe("sealed");
  });

  it("completes what a crash between the locks and the entry left", async () => {
    const system = prepare();
    const { put } = system.vault;
    let crashes = 1;
    system.vault.put = async (key, body, options) => {
      if (crashes-- > 0) throw new Error("the function was killed");
      return put.call(system.vault, key, body, options);
    };
    await expect(arriveAll(system, POINT)).rejects.toThrow("killed");
    expect(system.vault.keysUnder("catalogue/points/")).toEqual([]);
    const last = POINT.objects.at(-1);
    const versionId = system.vault.versionsOf(last?.key ?? "")[0]?.versionId;

    const again = await sealArrivals(system.tools, system.settings, [
      { bucket: "vault", key: last?.key ?? "", versionId, arrivedAt: system.clock.now() },
    ]);

    expect(again.points).toEqual([expect.objectContaining({ outcome: "sealed" })]);
  });

  it("is done in as many runs as its parts need, and what an earlier run hashed is not read again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }), async (parts) => {
        const system = prepare();
        const [last] = POINT.objects.slice(-1);
        for (const { key, body } of POINT.objects.slice(0, -1)) system.vault.add(key, body);
        const { versionId } = system.vault.add(last?.key ?? "", last?.body);
        const arrival = { bucket: "vault", key: last?.key ?? "", versionId, arrivedAt: system.clock.now() };
        const run = (number: number) => {
          system.clock.passSeconds(60);
          const limited = { ...system.tools, deadline: timeFor(parts[number % parts.length] ?? 1) };
          return number === 0 ? sealArrivals(limited, system.settings, [arrival]) : sealOnSchedule(limited, system.settings);
        };

        const outcomes: string[] = [];
        for (let number = 0; outcomes.at(-1) !== "sealed"; number += 1) outcomes.push((await run(number)).points[0]?.outcome ?? "none");

        expect(outcomes.slice(0, -1).every((outcome) => outcome === "unfinished")).toBe(true);
        const { parts: sealed, lock, manifest } = system.entry();
        for (const { key, versionId } of [manifest, ...sealed])
          expect(system.vault.versionsOf(key).find((one) => one.versionId === versionId)?.lock?.until).toEqual(new Date(lock.until));
        for (const { key } of sealed) expect(system.vault.calls.filter((call) => call === `get ${key}`)).toHaveLength(1);
        expect((await sealOnSchedule(system.tools, system.settings)).points).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it("does not take a forged checkpoint for its own: every part is hashed, and the forgery is told", async () => {
    const system = prepare();
    const [first] = POINT.objects;
    for (const { key, body } of POINT.objects.slice(1)) system.vault.add(key, body);
    const { versionId } = system.vault.add(first?.key ?? "", "x".repeat(Buffer.byteLength(first?.body ?? "")));
    const last = POINT.objects.at(-1);
    const key = `catalogue/progress/seal/chroma/${POINT.pointId}/${newestFirst(system.clock.now().toISOString())}-forged00.json`;
    const time = system.clock.now().toISOString();
    const subject = { key: last?.key ?? "", sha256: sha256Hex(last?.body ?? "") };
    const progress = { schema: "lifeboat/progress/1", system: SYSTEM, subject, startedAt: time, writtenAt: time, finished: false };
    system.vault.add(key, await sign(memoryKey("mine"), key, { ...progress, state: { found: [versionId] } }));

    const { points } = await sealOnSchedule(system.tools, system.settings);

    expect(points).toEqual([]);
    expect(system.messages("error")).toContain("a point could not be sealed");
    expect(system.messages("error")).toContain("a checkpoint was refused");
    expect(system.vault.keysUnder("catalogue/points/")).toEqual([]);
  });

  it("does not take time-outs for refusals", async () => {
    const system = prepare();
    system.vault.head = async () => {
      throw new Error("503 SlowDown");
    };

    await expect(arriveAll(system, POINT)).rejects.toThrow("SlowDown");

    expect(system.refusals).toHaveLength(0);
  });
});

describe("a point of whose arrival nobody was told", () => {
  const arrivedUntold = () => {
    const system = prepare();
    for (const { key, body } of POINT.objects) system.vault.add(key, body);
    return system;
  };

  it("is sealed by the schedule, once, when its event can no longer come", async () => {
    const system = arrivedUntold();
    const early = await sealOnSchedule(system.tools, system.settings);
    system.clock.passSeconds(15 * 60);

    const sealed = await sealOnSchedule(system.tools, system.settings);
    const puts = system.vault.puts.length;
    const again = await sealOnSchedule(system.tools, system.settings);

    expect(early.points).toEqual([]);
    expect(sealed.points).toEqual([{ pointId: POINT.pointId, outcome: "sealed", entryKey: ENTRY_KEY }]);
    expect(again.points).toEqual([]);
    expect(system.vault.puts).toHaveLength(puts);
  });

  it("is left alone when a day has passed", async () => {
    const system = arrivedUntold();
    system.clock.passSeconds(25 * 60 * 60);

    expect((await sealOnSchedule(system.tools, system.settings)).points).toEqual([]);
    expect(system.vault.puts).toEqual([]);
  });

  it("and that can never be sealed is told, and keeps the schedule from nothing", async () => {
    const system = prepare();
    for (const { key, body } of POINT.objects) system.vault.add(key, key.endsWith("manifest.json") ? body : "something else");
    const other = exportedPoint("chroma-20261124T100001Z-1a2b", fiveRecords);
    for (const { key, body } of other.objects) system.vault.add(key, body);
    system.clock.passSeconds(15 * 60);

    const { points } = await sealOnSchedule(system.tools, system.settings);

    expect(points.map(({ pointId, outcome }) => [pointId, outcome])).toEqual([[other.pointId, "sealed"]]);
    expect(system.refusals).toHaveLength(1);
  });
});

describe("an object that arrives in the vault", () => {
  const [PART] = POINT.objects;
  const key = PART?.key ?? "";

  it("is locked for the whole period from its arrival, and a second delivery changes nothing", async () => {
    const system = prepare();

    const responses = await system.arrive(key, PART?.body ?? "", 2);

    const [version] = system.vault.versionsOf(key);
    expect(version?.lock).toEqual({ mode: "GOVERNANCE", until: new Date("2027-02-22T10:00:31.000Z") });
    expect(responses.map(({ locked, points }) => ({ locked, points }))).toEqual([
      { locked: 1, points: [{ pointId: POINT.pointId, outcome: "waiting", missing: 1 }] },
      { locked: 0, points: [{ pointId: POINT.pointId, outcome: "waiting", missing: 1 }] },
    ]);
  });

  it("is locked and no more when it belongs to no point", async () => {
    const system = prepare();

    const responses = await system.arrive("catalogue/points/chroma/forged.json", "{}");

    expect(responses).toEqual([{ locked: 1, points: [] }]);
    expect(system.vault.puts).toEqual([]);
  });

  it("keeps a longer lock that stands", async () => {
    const system = prepare();
    const until = new Date("2031-01-01T00:00:00.000Z");
    const version = system.vault.add(key, PART?.body);
    version.lock = { mode: "COMPLIANCE", until };

    await sealArrivals(system.tools, system.settings, [
      { bucket: "vault", key, versionId: version.versionId, arrivedAt: system.clock.now() },
    ]);

    expect(version.lock).toEqual({ mode: "COMPLIANCE", until });
  });

  it("that cannot be locked does not keep another of the same event from its lock, and is thrown for Lambda to repeat", async () => {
    const system = prepare();
    const { vault } = system;
    const versions = ["a", "b"].map((name) => ({ name, ...vault.add(name, "text") }));
    const head = vault.head.bind(vault);
    vault.head = async (name, versionId) => {
      if (name === "a") throw new Error("AccessDenied");
      return head(name, versionId);
    };
    const arrivals = versions.map(({ name, versionId }) => ({ bucket: "vault", key: name, versionId, arrivedAt: system.clock.now() }));

    await expect(sealArrivals(system.tools, system.settings, arrivals)).rejects.toThrow("AccessDenied");

    expect(vault.versionsOf("b")[0]?.lock).toBeDefined();
    expect(system.messages("error")).toEqual(["an object could not be locked"]);
  });

  it("is refused from a bucket that is not the vault: the documents' locked copies are locked by their bucket's default", async () => {
    const system = prepare();
    const arrival = { bucket: "documents-vault", key: "report.md", versionId: "v1", arrivedAt: system.clock.now() };

    await expect(sealArrivals(system.tools, system.settings, [arrival])).rejects.toMatchObject({ code: "configuration" });

    expect(system.vault.calls).toEqual([]);
  });
});
