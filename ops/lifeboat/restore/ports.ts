import type {
  DBInstance,
  DBInstanceAutomatedBackup,
  ModifyDBInstanceMessage,
  RestoreDBInstanceToPointInTimeMessage,
  StartDBInstanceAutomatedBackupsReplicationMessage,
} from "@aws-sdk/client-rds";
import type { Check } from "../../../recovery/catalogue/point";

/** RDS of the primary region, as far as a restore asks it. Nothing is undone by calling it again. */
export interface PrimaryDatabases {
  /** undefined: there is none of this name. */
  instance(identifier: string): Promise<DBInstance | undefined>;
  /** The same by its `DbiResourceId`, which a rename leaves. */
  byResource(resourceId: string): Promise<DBInstance | undefined>;
  /** The region's own automated backups of an instance, which may be gone. */
  backups(resourceId: string): Promise<DBInstanceAutomatedBackup | undefined>;
  restore(request: RestoreDBInstanceToPointInTimeMessage): Promise<void>;
  modify(request: ModifyDBInstanceMessage): Promise<void>;
  /** Without a final snapshot, which a failed instance cannot make; its automated backups are kept. */
  remove(identifier: string): Promise<void>;
}

/** RDS of the recovery region: it is asked only when the database serves again. */
export interface RecoveryDatabases {
  /** The automated backups that were, or are, replicated from an instance. */
  replicated(resourceId: string): Promise<DBInstanceAutomatedBackup | undefined>;
  /** Resolves to the ARN of the new copies. */
  replicate(request: StartDBInstanceAutomatedBackupsReplicationMessage): Promise<string>;
}

/** What a restored database was seen to be, before anything is deleted for it. */
export interface Proof {
  readonly usableAt: Date;
  readonly serverVersion: string;
  readonly tables: number;
  readonly checks: readonly Check[];
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface RestoreTools {
  readonly primary: PrimaryDatabases;
  readonly recovery: RecoveryDatabases;
  /** The region that applications are sent to; undefined when nobody could say. */
  servingRegion(): Promise<string | undefined>;
  /** Connects to the restored database and looks at it; absent where it cannot be reached from. */
  readonly prove?: (place: Place, restored: { readonly to: Date; readonly askedAt: Date }) => Promise<Proof>;
  readonly now: () => Date;
  readonly pause: () => Promise<void>;
  /** A line for who waits. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}
