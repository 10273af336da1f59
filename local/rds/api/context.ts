import type { DatabaseEngine } from "../engine";
import type { Background } from "../instances/background";
import type { Region } from "../instances/region";
import type { Software } from "../instances/software";
import type { Surroundings } from "../surroundings";

export interface RdsSettings {
  /** From a piece of backup that is archived to its copy in the other region. RDS: 5 to 30 minutes behind. */
  readonly automatedBackupReplicationLagSeconds: number;
  /** Of a snapshot's copy to another region. */
  readonly snapshotCopyLagSeconds: number;
  /** How long a WAL segment with anything in it waits. RDS: 300. */
  readonly walShippingSeconds: number;
  /** RDS: a day, in the backup window. */
  readonly baseBackupIntervalSeconds: number;
  /** How long each piece of WAL is on its way to a read replica. RDS: what the network takes. */
  readonly replicaLagSeconds: number;
  /** Between two data of the metric ReplicaLag. RDS: 60. */
  readonly replicaLagMetricSeconds: number;
}

/** What an operation is carried out with. */
export interface Context {
  /** Where the call was made. */
  readonly region: Region;
  readonly account: string;
  readonly now: Date;
  readonly clock: { now(): Date };
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly engine: DatabaseEngine;
  readonly settings: RdsSettings;
  readonly software: Software;
  readonly surroundings: Surroundings;
  readonly background: Background;
  /** Of another region, where a call names it. @throws RdsError ServiceUnavailable while it is cut off. */
  otherRegion(name: string): Region;
  /** Every region, cut off or not: for what the account's own records say, never for data. */
  regions(): Iterable<Region>;
  isCut(region: string): boolean;
}

export type Operation = (input: unknown, context: Context) => object | Promise<object>;
