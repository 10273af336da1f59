import type { CatalogueReader } from "../../recovery/catalogue/select";
import { messageOf } from "../../recovery/errors";
import { databaseNames } from "../../recovery/names";
import type { BackupsSignal, CorruptionSign, ReplicaSignal, SignalName, StrategySignals, Unread } from "../../recovery/strategy/signals";
import { type AutomatedBackups, isReplicating } from "./automated-backups";
import type { ReplicaLagReader, ReplicaReader } from "./database-replica";
import { type AlarmReader, alarmSigns } from "./signs/alarms";
import { type DocumentVersions, documentSigns } from "./signs/documents";
import { DEFAULT_RECORD_FALL, pointSigns } from "./signs/points";
import { type RefusalReader, refusalSigns } from "./signs/refusals";

/** All of them in the recovery region: the primary one may be lost, and is not asked. */
export interface SignalSources {
  readonly system: string;
  /** The protected instance, by whose name its automated backups are found. */
  readonly databaseInstance: string;
  /** Where it is, or was. */
  readonly primaryRegion: string;
  readonly replicas: ReplicaReader;
  readonly replicaLag: ReplicaLagReader;
  readonly automatedBackups: AutomatedBackups;
  readonly catalogue: CatalogueReader;
  readonly documentsReplica: DocumentVersions;
  readonly refusals: RefusalReader;
  readonly alarms: AlarmReader;
}

export interface SignalSettings {
  readonly now: Date;
  /** A person's word that PostgreSQL is damaged since then. */
  readonly corruptedSince?: Date;
  /** The share by which the vectors must fall from one point to the next to be a sign; a half when not given. */
  readonly recordFall?: number;
}

/** Everything that the choice of a strategy looks at. A signal that cannot be read is named, and never stops the others. */
export const gatherSignals = async (sources: SignalSources, settings: SignalSettings): Promise<StrategySignals> => {
  const { system } = sources;
  const { now, recordFall = DEFAULT_RECORD_FALL } = settings;
  const unread: Unread[] = [];
  const attempt = async <T>(signal: SignalName, read: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      unread.push({ signal, reason: messageOf(error) });
      return otherwise;
    }
  };
  const none: readonly CorruptionSign[] = [];
  const [replica, backups, ...signs] = await Promise.all([
    readReplica(sources, now, attempt),
    attempt("automated backups", () => readBackups(sources), []),
    attempt("alarms", () => alarmSigns(sources.alarms, system), none),
    attempt("recovery points", () => pointSigns(sources.catalogue, { system, recordFall }), none),
    attempt("refused points", () => refusalSigns(sources.refusals, system, now), none),
    attempt("documents", () => documentSigns(sources.documentsReplica, { now }), none),
  ]);
  const reported = settings.corruptedSince === undefined ? [] : [reportedSign(settings.corruptedSince)];
  return { system, ...(replica === undefined ? {} : { replica }), backups, corruption: [...reported, ...signs.flat()], unread };
};

type Attempt = <T>(signal: SignalName, read: () => Promise<T>, otherwise: T) => Promise<T>;

const readReplica = async (
  { system, replicas, replicaLag }: SignalSources,
  now: Date,
  attempt: Attempt,
): Promise<ReplicaSignal | undefined> => {
  const name = databaseNames(system).replica;
  const found = await attempt("replica", () => replicas.find(name), undefined);
  if (found === undefined) return undefined;
  const lag = await attempt("replica lag", () => replicaLag.newest(name, now), undefined);
  const { instance, status, sourceArn, replicating, replicationStatus } = found;
  return { instance, status, promoted: sourceArn === undefined, replicating, replicationStatus, ...(lag === undefined ? {} : { lag }) };
};

const readBackups = async ({ databaseInstance, primaryRegion, automatedBackups }: SignalSources): Promise<readonly BackupsSignal[]> => {
  const found = await automatedBackups.find(databaseInstance, primaryRegion);
  return found.map((backup) => ({
    status: backup.status,
    replicating: isReplicating(backup),
    ...(backup.window === undefined ? {} : { window: backup.window }),
  }));
};

const reportedSign = (since: Date): CorruptionSign => ({
  kind: "reported",
  store: "postgres",
  since,
  evidence: "PostgreSQL is damaged, as it was reported",
  look: "compare rows that nobody should have changed",
});
