import { catalogueOf } from "../../../../lambdas/shared/catalogue";
import type { Replica } from "../../../../lambdas/shared/database-replica";
import { gatherSignals, type SignalSources } from "../../../../lambdas/shared/strategy-signals";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";
import { backupsOf, PRIMARY_REGION, replicatedBackup } from "../support/automated-backups";
import { SYSTEM } from "../support/chroma-point";

const NOW = new Date("2026-11-24T22:00:00.000Z");
const MEASURED = { lagSeconds: 3, measuredAt: new Date("2026-11-24T21:59:00.000Z") };

const REPLICA: Replica = {
  instance: "acme-postgres-replica",
  arn: "arn:aws:rds:eu-west-1:123456789012:db:acme-postgres-replica",
  resourceId: "db-R",
  status: "available",
  sourceArn: "arn:aws:rds:us-east-1:123456789012:db:acme-postgres",
  replicating: true,
  replicationStatus: "replicating",
  engineVersion: "15.10",
};

const sourcesOf = (changes: Partial<SignalSources> = {}): SignalSources => ({
  system: SYSTEM,
  databaseInstance: "acme-postgres",
  primaryRegion: PRIMARY_REGION,
  replicas: { find: async (name) => (name === REPLICA.instance ? REPLICA : undefined) },
  replicaLag: { newest: async (name) => (name === REPLICA.instance ? MEASURED : undefined) },
  automatedBackups: backupsOf(
    replicatedBackup("2026-11-24T21:48:00.000Z"),
    replicatedBackup("2026-11-20T21:48:00.000Z", { status: "retained" }),
  ),
  catalogue: catalogueOf(new MemoryObjects("vault"), CATALOGUE_KEY),
  documentsReplica: new MemoryObjects("documents"),
  refusals: { between: async () => undefined },
  alarms: { inAlarm: async () => [] },
  ...changes,
});

test("all signals are read by the system's name, and a quiet system has no sign", async () => {
  await expect(gatherSignals(sourcesOf(), { now: NOW })).resolves.toEqual({
    system: SYSTEM,
    replica: {
      instance: REPLICA.instance,
      status: "available",
      promoted: false,
      replicating: true,
      replicationStatus: "replicating",
      lag: MEASURED,
    },
    backups: [
      { status: "replicating", replicating: true, window: replicatedBackup("2026-11-24T21:48:00.000Z").window },
      { status: "retained", replicating: false, window: replicatedBackup("2026-11-20T21:48:00.000Z").window },
    ],
    corruption: [],
    unread: [],
  });
});

test("an instance without a source was promoted, and one that is not there has no lag to ask for", async () => {
  const { sourceArn: _source, ...promoted } = REPLICA;
  const replicas = { find: async () => promoted };
  const asked: string[] = [];
  const replicaLag = { newest: async (name: string) => void asked.push(name) };

  const [was, absent] = [
    await gatherSignals(sourcesOf({ replicas }), { now: NOW }),
    await gatherSignals(sourcesOf({ replicas: { find: async () => undefined }, replicaLag }), { now: NOW }),
  ];

  expect(was.replica).toMatchObject({ promoted: true });
  expect(absent.replica).toBeUndefined();
  expect(absent.unread).toEqual([]);
  expect(asked).toEqual([]);
});

test("signs of all kinds come together, a person's word first", async () => {
  const sources = sourcesOf({
    refusals: { between: async () => ({ count: 1, firstFrom: NOW }) },
    alarms: { inAlarm: async () => [{ name: "acme-postgres-corruption", windowSeconds: 0, reason: "" }] },
  });

  const { corruption } = await gatherSignals(sources, { now: NOW, corruptedSince: new Date("2026-11-24T20:00:00.000Z") });

  expect(corruption.map(({ kind, store }) => [kind, store])).toEqual([
    ["reported", "postgres"],
    ["alarm", "postgres"],
    ["refused-points", undefined],
  ]);
  expect(corruption[0]?.since).toEqual(new Date("2026-11-24T20:00:00.000Z"));
});

test("what cannot be read is named, each by itself, and hides nothing else", async () => {
  const denied = async (): Promise<never> => {
    throw new Error("AccessDenied");
  };
  const failing: AsyncIterable<never> = { [Symbol.asyncIterator]: () => ({ next: denied }) };
  const broken: Partial<SignalSources>[] = [
    { replicas: { find: denied } },
    { replicaLag: { newest: denied } },
    { automatedBackups: { find: denied } },
    { catalogue: { keys: () => failing, read: denied, versions: () => failing, authenticator: CATALOGUE_KEY } },
    { refusals: { between: denied } },
    { documentsReplica: { bucket: "documents", versions: () => failing } },
    { alarms: { inAlarm: denied } },
  ];

  const each = await Promise.all(broken.map((one) => gatherSignals(sourcesOf(one), { now: NOW })));

  expect(each.map(({ unread }) => unread.map(({ signal }) => signal))).toEqual([
    ["replica"],
    ["replica lag"],
    ["automated backups"],
    ["recovery points"],
    ["refused points"],
    ["documents"],
    ["alarms"],
  ]);
  expect(each.map(({ replica }) => replica?.lag)).toEqual([undefined, undefined, ...Array(5).fill(MEASURED)]);
  expect(each.map(({ backups }) => backups.length)).toEqual([2, 2, 0, 2, 2, 2, 2]);
});
