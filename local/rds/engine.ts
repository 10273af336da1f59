/**
 * What the RDS API asks of the real servers behind it. The API (`api/`, `instances/`) keeps names, settings and states; an engine keeps servers, their
 * archives, base backups and snapshots, and knows nothing of AWS but regions.
 */
export interface DatabaseEngine {
  /** initdb, first start, master user. Resolves when it accepts connections, and archives from then on when `archiving` is given. */
  create(request: CreateDatabase): Promise<DatabaseServer>;
  /**
   * A new server from a chain of backups, taken to `time` (undefined: the newest restorable one). Everything that can be known to be wrong is thrown as
   * `RestoreRefused` before anything is made: a time outside the window, a gap, a segment or a base backup that is not what was archived.
   * Resolves, with recovery ended, when it accepts connections as a primary; a failure leaves nothing behind.
   */
  restoreToTime(request: RestoreToTime): Promise<DatabaseServer>;
  /** A new server from a snapshot. */
  restoreSnapshot(request: RestoreSnapshot): Promise<DatabaseServer>;
  /**
   * A read-only server that streams from a running one, which may be in another region. Resolves when it accepts reads and streams. While either
   * region is cut off nothing arrives, and what was under way is lost; streaming goes on by itself once both are back.
   */
  createReplica(request: CreateReplica): Promise<DatabaseServer>;

  /** Refuses what the restore would refuse, without making anything; resolves to the time that would be restored to. */
  checkRestore(chain: ChainId, time: Date | undefined): Promise<Date>;
  /** The automated backups of one database in one region; undefined when there are none. */
  chain(id: ChainId): BackupChain | undefined;
  /** Copies a chain to another region and keeps copying, each piece `lagSeconds` after it was archived. Idempotent. */
  replicateChain(source: ChainId, toRegion: string, lagSeconds: number): ChainId;
  /** Ends the copying; what was copied stays. */
  stopReplication(replica: ChainId): void;
  deleteChain(id: ChainId): Promise<void>;

  /** A consistent copy of a running server, whole in itself. */
  takeSnapshot(request: { readonly region: string; readonly resourceId: string; readonly snapshotId: string }): Promise<SnapshotFacts>;
  /** Takes `lagSeconds` at least. */
  copySnapshot(request: {
    readonly from: { readonly region: string; readonly snapshotId: string };
    readonly to: { readonly region: string; readonly snapshotId: string };
    readonly lagSeconds: number;
  }): Promise<SnapshotFacts>;
  deleteSnapshot(region: string, snapshotId: string): Promise<void>;

  /**
   * A zone without power: SIGKILL to every server and standby in it, whose data stays on its disks but cannot be reached. Nothing is started in it until
   * `resumeZone`. A server with a standby in another zone fails over by itself; one without stays down until then.
   */
  loseZone(region: string, zone: string): Promise<readonly number[]>;
  /** The zone's servers start again, and standbys that are missing are made again, from their primaries. */
  resumeZone(region: string, zone: string): Promise<void>;

  /** A lost region: nothing is copied out of it or into it. The gateway says so; killing and erasing is the disaster's own. */
  suspend(region: string): void;
  resume(region: string): void;
  /** Every server that runs in a region, with what a disaster kills and deletes. */
  servers(region: string): readonly DatabaseServer[];
  /** Deletes everything that the region holds: archives, base backups, snapshots. Servers must be gone. */
  eraseRegion(region: string): Promise<readonly string[]>;
  /** Stops every server by the id it was started with. */
  stop(): Promise<void>;
}

/** The automated backups of a database (`DbiResourceId`) in a region: its own, or replicated there. */
export interface ChainId {
  readonly region: string;
  readonly resourceId: string;
}

export interface BackupChain {
  readonly id: ChainId;
  /** undefined until the first base backup is complete (and, in a replica, copied). */
  readonly window?: RestoreWindow;
  /** Where it is copied from, for a replica. */
  readonly replicaOf?: ChainId;
  /** false: the source or this region is cut off, or copying was stopped. */
  readonly replicating: boolean;
  readonly sizeBytes: number;
}

/** Every time between `earliest` and `latest` can be restored to, but for the gaps. */
export interface RestoreWindow {
  readonly earliest: Date;
  readonly latest: Date;
  /** Times after `from` and before `to` cannot: a segment is missing there. `from` and `to` themselves can. */
  readonly gaps: readonly { readonly from: Date; readonly to: Date; readonly missing: string }[];
}

export interface DatabaseSettings {
  readonly region: string;
  /** RDS's `DbiResourceId`: names the data directory and the chain. */
  readonly resourceId: string;
  /** The availability zone that it runs in. */
  readonly zone: string;
  /**
   * Multi-AZ: a synchronous standby runs in this zone, and takes over at the same host and port when the primary dies. What is made with one is there when
   * both are and commits wait for it, as RDS says available then; the primary takes connections earlier.
   */
  readonly standbyZone?: string;
  /** Settings of the parameter group, by PostgreSQL's own names. */
  readonly parameters: Readonly<Record<string, string>>;
  /** A port that the program asked for; absent: any free one. */
  readonly port?: number;
  /** Absent: backup retention is 0, nothing is archived. */
  readonly archiving?: Archiving;
}

export interface Archiving {
  /** A segment with anything in it is shipped after this long. RDS: 300. */
  readonly shippingSeconds: number;
  /** Time between two base backups. RDS: a day. */
  readonly baseBackupIntervalSeconds: number;
  readonly retentionDays: number;
}

export interface CreateDatabase extends DatabaseSettings {
  readonly masterUsername: string;
  readonly masterPassword: string;
  readonly databaseName?: string;
}

export interface RestoreToTime extends DatabaseSettings {
  readonly chain: ChainId;
  readonly time: Date | undefined;
}

export interface RestoreSnapshot extends DatabaseSettings {
  readonly snapshot: { readonly region: string; readonly snapshotId: string };
}

export interface CreateReplica extends DatabaseSettings {
  readonly source: { readonly region: string; readonly resourceId: string };
  /** How long each piece of WAL is under way from the source. */
  readonly lagSeconds: number;
}

/** The synchronous standby of a Multi-AZ database. */
export interface Standby {
  readonly zone: string;
  readonly pid: number;
  readonly dataDirectory: string;
  /** Whether a commit waits for it now: false while it is down or catches up, and then a primary's loss may lose commits. */
  readonly synchronous: boolean;
}

/** How a replica follows its source. */
export interface ReplicaState {
  readonly source: { readonly region: string; readonly resourceId: string };
  /** false: the source or a region is cut off, or the source is gone. */
  readonly streaming: boolean;
  /**
   * Age of the newest replayed commit, as RDS measures it; the engine writes a heartbeat on every source, so that an idle one does not look late.
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html
   */
  readonly lagSeconds: number | undefined;
}

export interface SnapshotFacts {
  readonly takenAt: Date;
  readonly sizeBytes: number;
}

export interface DatabaseServer {
  readonly region: string;
  readonly resourceId: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDirectory: string;
  readonly engineVersion: string;
  readonly running: boolean;
  /** Where it runs now: a failover changes it. */
  readonly zone: string;
  /** undefined: Single-AZ, or the standby is not there now. */
  readonly standby?: Standby;
  /** undefined for what is no replica, or is one no longer. */
  replicaState(): Promise<ReplicaState | undefined>;
  /** Ends recovery of a replica: it takes writes, and archives when `archiving` was set. Refuses what is no replica. */
  promote(): Promise<void>;
  /** Makes a standby in the zone and waits until commits wait for it; undefined: takes it away. */
  setStandby(zone: string | undefined): Promise<void>;
  /**
   * The standby takes over on purpose, at the same host and port; resolves when it accepts connections. The old primary becomes the standby after that: until
   * `standby.synchronous` says so there is none to fail over to. Refuses where there is none now.
   */
  failOver(): Promise<void>;
  /** Called after each failover, on purpose or not, when the new primary accepts connections. */
  onFailover(listener: (event: { readonly from: string; readonly to: string; readonly reason: "primary lost" | "asked" }) => void): void;
  setMasterPassword(password: string): Promise<void>;
  /** Writes the settings; resolves to those that wait for a restart. */
  applyParameters(parameters: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** undefined: archiving ends. */
  setArchiving(archiving: Archiving | undefined): Promise<void>;
  restart(): Promise<void>;
  /** Takes a base backup now; resolves when it is part of the chain. */
  takeBaseBackup(): Promise<void>;
  /** Shuts down in order, ships what was not shipped, and removes the data directory. The chain stays. */
  remove(): Promise<void>;
  /** SIGKILL: what a disaster does. */
  kill(): Promise<void>;
  /** Removes the data directory of a server that is gone. */
  erase(): Promise<void>;
}

/** A restore that was refused before it made anything. `window` is undefined when there is no base backup yet. */
export class RestoreRefused extends Error {
  constructor(
    readonly reason: "no-backup" | "before-window" | "after-window" | "gap" | "corrupt",
    /** What happened and what was received: it names the segment or the base backup, where one is at fault. */
    message: string,
    readonly window: RestoreWindow | undefined,
    /** Usable times nearest to the one asked for, earliest first. */
    readonly nearest: readonly Date[],
  ) {
    super(message);
    this.name = "RestoreRefused";
  }
}
