import type {
  BackupChain,
  ChainId,
  DatabaseEngine,
  DatabaseServer,
  DatabaseSettings,
  RestoreWindow,
  SnapshotFacts,
} from "../../../local/rds/engine";

/**
 * Databases without PostgreSQL: what the RDS API asks of an engine, answered from memory at once. It shows that plugin and API understand each
 * other; that data is restored is shown with real servers.
 */
export function createMemoryEngine(now: () => Date): DatabaseEngine {
  const chains = new Map<string, BackupChain>();
  const servers = new Map<string, DatabaseServer>();
  const snapshots = new Map<string, SnapshotFacts>();
  let ports = 40_000;

  const keyOf = ({ region, resourceId }: ChainId): string => `${region}/${resourceId}`;
  const snapshotKey = (region: string, snapshotId: string): string => `${region}/${snapshotId}`;
  const window = (): RestoreWindow => ({ earliest: now(), latest: now(), gaps: [] });
  const keep = (chain: BackupChain): void => void chains.set(keyOf(chain.id), chain);

  const start = ({ region, resourceId, port, archiving }: DatabaseSettings): DatabaseServer => {
    const id = { region, resourceId };
    ports += 1;
    const archive = (wanted: boolean): void => {
      if (wanted) keep({ id, window: window(), replicating: false, sizeBytes: 1 });
    };
    archive(archiving !== undefined);
    const end = async (): Promise<void> => void servers.delete(keyOf(id));
    const server: DatabaseServer = {
      ...id,
      host: "127.0.0.1",
      port: port ?? ports,
      pid: ports,
      dataDirectory: `/memory/${resourceId}`,
      engineVersion: "15.9",
      running: true,
      setMasterPassword: async () => undefined,
      applyParameters: async () => [],
      setArchiving: async (given) => archive(given !== undefined),
      restart: async () => undefined,
      takeBaseBackup: async () => archive(true),
      remove: end,
      kill: end,
      erase: end,
    };
    servers.set(keyOf(id), server);
    return server;
  };

  return {
    create: async (request) => start(request),
    restoreToTime: async (request) => start(request),
    restoreSnapshot: async (request) => start(request),
    checkRestore: async (chain, time) => time ?? chains.get(keyOf(chain))?.window?.latest ?? now(),
    chain: (id) => chains.get(keyOf(id)),
    replicateChain: (source, region) => {
      const id = { region, resourceId: source.resourceId };
      keep({ id, window: window(), replicaOf: source, replicating: true, sizeBytes: 1 });
      return id;
    },
    stopReplication: (replica) => {
      const chain = chains.get(keyOf(replica));
      if (chain !== undefined) keep({ ...chain, replicating: false });
    },
    deleteChain: async (id) => void chains.delete(keyOf(id)),
    takeSnapshot: async ({ region, snapshotId }) => {
      const facts = { takenAt: now(), sizeBytes: 1 };
      snapshots.set(snapshotKey(region, snapshotId), facts);
      return facts;
    },
    copySnapshot: async ({ from, to }) => {
      const facts = snapshots.get(snapshotKey(from.region, from.snapshotId));
      if (facts === undefined) throw new Error(`there is no snapshot ${from.snapshotId}`);
      snapshots.set(snapshotKey(to.region, to.snapshotId), facts);
      return facts;
    },
    deleteSnapshot: async (region, snapshotId) => void snapshots.delete(snapshotKey(region, snapshotId)),
    suspend: () => undefined,
    resume: () => undefined,
    servers: (region) => [...servers.values()].filter((server) => server.region === region),
    eraseRegion: async () => [],
    stop: async () => servers.clear(),
  };
}
