import { writeCanary } from "../../../../lambdas/canary/write";
import { type SetTools, writeSet } from "../../../../lambdas/recovery-set/set";
import { lockFor } from "../../../../lambdas/seal/locks";
import type { Measurement } from "../../../../lambdas/shared/metrics";
import { listSets, type RecoverySet, setKey, timesOf } from "../../../../recovery/catalogue/set";
import { CATALOGUE_KEY, memoryKey } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { backupsOf, noBackups, replicatedBackup } from "../support/automated-backups";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { configurationPoint, repositoryOf, secretsOf, trustInto } from "../support/configuration-point";
import { memoryLog } from "../support/log";
import { dumpOf } from "../support/postgres-dump";
import { replicaSources, standingReplica } from "../support/standing-replica";
import { catalogueIn, proveInto } from "../support/vaults";

const COMMIT = "1".repeat(40);

const prepare = () => {
  const clock = clockAt("2026-11-24T10:00:30.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const documentsReplica = new MemoryObjects("replica", clock.now);
  const { log, messages } = memoryLog();
  const published: Measurement[] = [];
  let made = 0;
  const tools = (changes: Partial<SetTools> = {}): SetTools => ({
    system: SYSTEM,
    vault,
    catalogue: catalogueIn(vault),
    documentsReplica,
    postgres: {
      instance: noBackups.databaseInstance,
      primaryRegion: noBackups.primaryRegion,
      automatedBackups: backupsOf(replicatedBackup("2026-11-24T10:01:40.700Z")),
      replica: replicaSources(standingReplica(), { lagSeconds: 5, measuredAt: clock.now() }),
    },
    expects: { chroma: true, dumps: true, configuration: true },
    signer: CATALOGUE_KEY,
    lock: (from) => lockFor("GOVERNANCE", 90, from),
    metrics: { publish: async (measurements) => void published.push(...measurements) },
    log,
    now: clock.now,
    random: String(++made).padStart(4, "0"),
    ...changes,
  });
  /** What a system that protects everything has in its recovery region. */
  const protect = async () => {
    await proveInto(vault, clock.now, exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords));
    const { dump, objects } = dumpOf();
    const parts = [...objects].map(([key, body]) => ({ key, body }));
    await trustInto(vault, clock.now, {
      objects: [...parts, { key: `postgres/${dump.pointId}/manifest.json`, body: JSON.stringify(dump) }],
    });
    await trustInto(
      vault,
      clock.now,
      configurationPoint("repositories/shop", repositoryOf({ "refs/heads/main": COMMIT, "refs/tags/v1": COMMIT }), { count: 2 }),
    );
    await trustInto(
      vault,
      clock.now,
      configurationPoint("secrets", secretsOf("shop/db"), { pointId: "configuration-20261124T100010Z-2b3c" }),
    );
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    clock.passSeconds(90);
  };
  const listed = async (authenticator = CATALOGUE_KEY) => {
    const found = [];
    for await (const one of listSets({ ...catalogueIn(vault), authenticator }, SYSTEM)) found.push(one);
    return found;
  };
  return { clock, vault, documentsReplica, tools, protect, listed, messages, published };
};

describe("the hourly set", () => {
  it("pins what stands of every store at one time, with the skew between them", async () => {
    const { tools, protect, listed, published } = prepare();
    await protect();

    const { key, missing } = await writeSet(tools());

    expect(missing).toEqual([]);
    // Zeros too, or the alarm would never end.
    expect(published).toEqual([expect.objectContaining({ name: "MissingFromSet", value: 0 })]);
    const [only] = await listed();
    expect(only).toMatchObject({
      key,
      set: {
        takenAt: "2026-11-24T10:02:00.000Z",
        stores: {
          postgres: {
            restorable: { latest: "2026-11-24T10:01:40.000Z", sourceResourceId: "db-ONE" },
            replica: { lagSeconds: 5, asOf: "2026-11-24T10:01:55.000Z" },
            dump: { pointId: "postgres-20261124T100000Z-1a2b", lsn: "0/1A2B3C4" },
          },
          chroma: { series: "chroma", pointId: "chroma-20261124T100000Z-1a2b", records: 5 },
          objects: { bucket: "replica", asOf: "2026-11-24T10:00:30.000Z", arrivedAt: "2026-11-24T10:00:30.000Z" },
          configuration: [
            { series: "configuration/repositories/shop", heads: { main: COMMIT } },
            { series: "configuration/secrets", pointId: "configuration-20261124T100010Z-2b3c" },
          ],
        },
        asOf: { postgres: "2026-11-24T10:01:55.000Z", chroma: "2026-11-24T10:00:00.000Z", objects: "2026-11-24T10:00:30.000Z" },
        skewSeconds: 115,
      },
    });
  });

  it("is written once, locked as long as exports", async () => {
    const { vault, tools, protect } = prepare();
    await protect();

    const { key } = await writeSet(tools());

    expect(vault.versionsOf(key)).toEqual([
      expect.objectContaining({ lock: { mode: "GOVERNANCE", until: new Date("2027-02-22T10:02:00.000Z") } }),
    ]);
  });

  it("names what is missing, and holds the others all the same", async () => {
    const { tools, documentsReplica, clock, messages, published } = prepare();
    await writeCanary(documentsReplica, SYSTEM, clock.now());
    const broken = {
      ...tools().postgres,
      automatedBackups: { find: async () => Promise.reject(new Error("AccessDenied")) },
      replica: replicaSources(standingReplica({ sourceArn: undefined }), { lagSeconds: 5, measuredAt: clock.now() }),
    };

    const { missing } = await writeSet(tools({ postgres: broken }));

    expect(missing).toEqual([
      "postgres: AccessDenied",
      "postgres: acme-postgres-replica follows nobody: it was promoted",
      "postgres: postgres: no point has been sealed",
      "chroma: chroma: no point has been sealed",
    ]);
    expect(messages("warn")).toHaveLength(4);
    expect(published).toEqual([{ name: "MissingFromSet", unit: "Count", value: 4, at: clock.now(), system: SYSTEM }]);
  });

  it("does not miss what the system does not protect", async () => {
    const { tools, protect } = prepare();
    await protect();
    const { replica: _replica, ...withoutReplica } = tools().postgres;

    const { missing } = await writeSet(tools({ postgres: withoutReplica, expects: { chroma: true, dumps: false, configuration: false } }));

    expect(missing).toEqual([]);
  });

  it("never pins a point that did not read back", async () => {
    const { tools, vault, clock, protect, listed } = prepare();
    await protect();
    await trustInto(
      vault,
      clock.now,
      exportedPoint("chroma-20261124T100100Z-9f9f", fiveRecords, {
        startedAt: "2026-11-24T10:01:00.000Z",
        finishedAt: "2026-11-24T10:01:20.000Z",
      }),
      false,
    );

    await writeSet(tools());

    expect((await listed())[0]?.set?.stores.chroma?.pointId).toBe("chroma-20261124T100000Z-1a2b");
  });

  it("is listed newest first, and a reader that stops early reads no more", async () => {
    const { tools, vault, clock, protect } = prepare();
    await protect();
    for (let hour = 0; hour < 5; hour += 1) {
      await writeSet(tools());
      clock.passSeconds(3600);
    }
    vault.calls.length = 0;

    for await (const { set } of listSets(catalogueIn(vault), SYSTEM)) {
      expect(set?.takenAt).toBe("2026-11-24T14:02:00.000Z");
      break;
    }

    expect(vault.calls.filter((call) => call.startsWith("get"))).toHaveLength(1);
  });

  it("is named and never taken when it was forged, edited, or put again under a newer key", async () => {
    const { tools, vault, protect, listed } = prepare();
    await protect();
    const { key } = await writeSet(tools());
    const text = vault.text(key) ?? "";
    vault.add(setKey("2026-11-24T11:00:00.000Z", "set-20261124T110000Z-ffff"), text);
    vault.add(setKey("2026-11-24T12:00:00.000Z", "set-20261124T120000Z-ffff"), text.replace('"records":5', '"records":500'));

    const [edited, replayed, own] = await listed();

    expect(edited?.problem).toMatch(/not authentic/);
    expect(replayed?.problem).toMatch(/not authentic/);
    expect(own?.set?.setId).toMatch(/^set-20261124T100200Z/);
    expect((await listed(memoryKey("somebody else's"))).every(({ set }) => set === undefined)).toBe(true);
  });

  it("keeps two that were taken in one second", async () => {
    const { tools, protect, listed } = prepare();
    await protect();

    await Promise.all([writeSet(tools()), writeSet(tools())]);

    expect((await listed()).filter(({ set }) => set !== undefined)).toHaveLength(2);
  });
});

describe("the times of a set", () => {
  const stores = (changes: RecoverySet["stores"]): RecoverySet["stores"] => changes;

  it("are of what stands: nothing has no skew", () => {
    expect(timesOf(stores({}))).toEqual({ asOf: {}, skewSeconds: 0 });
  });

  it("take the newest of what a database could be recovered by", () => {
    const dump = { series: "postgres", pointId: "p", entryKey: "k", entrySha256: "0".repeat(64), asOf: "2026-11-24T08:00:00.000Z" };
    const objects = { bucket: "b", asOf: "2026-11-24T10:00:00.000Z", arrivedAt: "2026-11-24T10:00:00.000Z", canaryVersionId: "v" };

    expect(timesOf(stores({ postgres: { dump }, objects }))).toEqual({
      asOf: { postgres: dump.asOf, objects: objects.asOf },
      skewSeconds: 7200,
    });
  });
});
