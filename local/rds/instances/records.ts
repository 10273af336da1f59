import type { ChainId, DatabaseServer, ReplicaState } from "../engine";

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html */
export type InstanceStatus =
  | "creating"
  | "backing-up"
  | "available"
  | "modifying"
  | "rebooting"
  | "renaming"
  | "deleting"
  | "failed"
  | "incompatible-restore"
  | "incompatible-parameters";

/** What a program chooses for an instance. */
export interface Settings {
  readonly instanceClass: string;
  readonly allocatedStorageGib: number;
  readonly maxAllocatedStorageGib?: number;
  readonly storageType: string;
  readonly iops?: number;
  readonly storageThroughput?: number;
  readonly multiAz: boolean;
  /** Where the server runs; a failover changes it. */
  readonly availabilityZone: string;
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string;
  readonly backupRetentionDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  /** Absent: the engine takes a free one, because all instances of all regions share one host. */
  readonly port?: number;
  readonly autoMinorVersionUpgrade: boolean;
  readonly copyTagsToSnapshot: boolean;
  readonly deletionProtection: boolean;
  readonly publiclyAccessible: boolean;
  readonly lifecycleSupport: string;
}

/** Recorded and checked, not carried out: `storageEncryptionNote`. */
export interface Encryption {
  readonly encrypted: boolean;
  readonly kmsKeyArn?: string;
}

/** For the drill's `parts`. */
export const storageEncryptionNote =
  "RDS storage encryption: keys are checked and recorded (a key of another region is refused), but data directories, archives and snapshots " +
  "on the local disk are not encrypted with them.";

/** What of an instance its backups and snapshots keep: a restore needs it when the instance, or its region, is gone. */
export interface SourceFacts {
  readonly identifier: string;
  readonly arn: string;
  readonly resourceId: string;
  readonly region: string;
  readonly createdAt: Date;
  readonly engineVersion: string;
  readonly masterUsername: string;
  readonly databaseName?: string;
  readonly port: number;
  readonly vpcId: string;
  readonly settings: Settings;
  readonly encryption: Encryption;
}

/** Changes that wait for a maintenance window, or for a call with ApplyImmediately. */
export type Pending = Partial<
  Pick<Settings, "instanceClass" | "allocatedStorageGib" | "multiAz" | "storageType" | "iops" | "storageThroughput" | "backupRetentionDays">
> & { readonly identifier?: string };

/** What a read replica follows. The ARN changes when the source is renamed, the rest never does. */
export interface ReplicaSource {
  readonly region: string;
  readonly resourceId: string;
  readonly arn: string;
}

export interface Instance {
  /** It and the ARN change when the instance is renamed. */
  identifier: string;
  arn: string;
  readonly resourceId: string;
  readonly region: string;
  readonly createdAt: Date;
  readonly engineVersion: string;
  readonly masterUsername: string;
  readonly databaseName?: string;
  readonly encryption: Encryption;
  settings: Settings;
  pending: Pending;
  passwordPending: boolean;
  status: InstanceStatus;
  /** What the server was last given, by PostgreSQL's names. */
  parameters: Readonly<Record<string, string>>;
  parameterStatus: "in-sync" | "applying" | "pending-reboot";
  server?: DatabaseServer;
  /** undefined for what is no read replica, or is one no longer. */
  replicaOf?: ReplicaSource;
  /** How the replica followed its source when the server was last asked. */
  replication?: ReplicaState;
  /** A failover that RDS has said to have begun. */
  failingOver: boolean;
  /** Its zone is without power, and it has no standby in another. */
  unpowered: boolean;
  /** Its server and disk are gone, or its whole region: nothing that was under way may bring it back. */
  lost: boolean;
}

export interface Snapshot {
  readonly identifier: string;
  readonly arn: string;
  readonly region: string;
  readonly source: SourceFacts;
  readonly encryption: Encryption;
  readonly copiedFrom?: { readonly arn: string; readonly region: string };
  status: "creating" | "available" | "deleting" | "failed";
  createdAt: Date;
  originalCreatedAt: Date;
  sizeBytes?: number;
}

/** The automated backups of one instance in one region: its own, or replicated there. Holds all that a restore needs. */
export interface AutomatedBackup {
  readonly arn: string;
  readonly region: string;
  readonly chain: ChainId;
  source: SourceFacts;
  readonly encryption: Encryption;
  readonly retentionDays: number;
  /** Replicated, when they are not the region's own. */
  readonly replicated: boolean;
  /** The replication was stopped. */
  stopped: boolean;
  sourceDeleted: boolean;
}

export const chainOf = ({ region, resourceId }: Pick<Instance, "region" | "resourceId">): ChainId => ({ region, resourceId });

export const replicaSourceOf = ({ region, resourceId, arn }: Instance): ReplicaSource => ({ region, resourceId, arn });
