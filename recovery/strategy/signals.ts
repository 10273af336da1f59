import type { Restorable } from "../postgres/restore-time";
import type { Store } from "../store";

/** What the recovery region knows of a system's database, and what it could not find out. */
export interface StrategySignals {
  readonly system: string;
  /** Absent when none stands, and when it could not be read: `unread` tells which. */
  readonly replica?: ReplicaSignal;
  /** The automated backups in the recovery region; of an instance that was made again, those of both. */
  readonly backups: readonly BackupsSignal[];
  readonly corruption: readonly CorruptionSign[];
  readonly unread: readonly Unread[];
}

export interface ReplicaSignal {
  readonly instance: string;
  /** RDS's own word of the instance, in lower case. */
  readonly status: string;
  /** It follows no source any more. */
  readonly promoted: boolean;
  readonly replicating: boolean;
  /** RDS's own word of the replication, in lower case; empty when it says none. */
  readonly replicationStatus: string;
  /** How far it is behind now, seconds, and when that was measured. Absent when nobody knows. */
  readonly lag?: { readonly lagSeconds: number; readonly measuredAt: Date };
}

export interface BackupsSignal extends Restorable {
  readonly replicating: boolean;
}

export const SIGN_KINDS = ["reported", "alarm", "refused-points", "record-fall", "document-changes"] as const;
export type SignKind = (typeof SIGN_KINDS)[number];

/** Something that looks like damage to data. */
export interface CorruptionSign {
  readonly kind: SignKind;
  /** Absent: of the system, without a store. */
  readonly store?: Store;
  /** The earliest time at which the damage may have begun; absent when the sign does not tell. */
  readonly since?: Date;
  /** What was seen, as one sentence. */
  readonly evidence: string;
  /** How to look for oneself, as one sentence. */
  readonly look: string;
}

export const SIGNALS = [
  "replica",
  "replica lag",
  "automated backups",
  "recovery points",
  "refused points",
  "documents",
  "alarms",
  "earlier recoveries",
] as const;
export type SignalName = (typeof SIGNALS)[number];

export interface Unread {
  readonly signal: SignalName;
  readonly reason: string;
}

/**
 * The name of an alarm, in the recovery region, that says that a store's data is damaged: this name, or this name and `-` with anything behind it.
 * Any other alarm is a warning: one on a replica's processors must not take a database back by days. Lifeboat makes those of the vectors and of the
 * documents; that of the database is its owner's to make, because nothing in the recovery region reads its rows.
 */
export const corruptionAlarmName = (system: string, store: Store): string => `${system}-${store}-corruption`;
