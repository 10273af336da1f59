import type {
  BackupChain,
  ChainId,
  CreateReplica,
  DatabaseEngine,
  DatabaseServer,
  DatabaseSettings,
  RestoreWindow,
  SnapshotFacts,
  Standby,
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

  const start = (settings: DatabaseSettings, replica?: CreateReplica): DatabaseServer => {
    const { region, resourceId, port, archiving } = settings;
    const id = { region, resourceId };
    ports += 1;
    let following = replica && { source: replica.source, streaming: true, lagSeconds: replica.lagSeconds };
    const standbyIn = (zone: string | undefined): Standby | undefined =>
      zone === undefined ? undefined : { zone, pid: ports, dataDirectory: `/memory/${resourceId}-standby`, synchronous: true };
    let standby = standbyIn(settings.standbyZone);
    const archive = (wanted: boolean): void => {
      if (wanted && following === undefined) keep({ id, window: window(), replicating: false, sizeBytes: 1 });
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
      zone: settings.zone,
      get standby() {
        return standby;
      },
      replicaState: async () => following,
      promote: async () => {
        following = undefined;
      },
      setStandby: async (zone) => {
        standby = standbyIn(zone);
      },
      failOver: async () => undefined,
      onFailover: () => undefined,
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
    createReplica: async (request) => start(request, request),
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
    loseZone: async () => [],
    resumeZone: async () => undefined,
    suspend: () => undefined,
    resume: () => undefined,
    servers: (region) => [...servers.values()].filter((server) => server.region === region),
    eraseRegion: async () => [],
    stop: async () => servers.clear(),
  };
}
