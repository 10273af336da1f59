import { type AutomatedBackup, isReplicating } from "../../../lambdas/shared/automated-backups";
import type { ArrivedCanary } from "../../../lambdas/shared/canary";
import type { Read } from "../../../lambdas/shared/json";
import { messageOf } from "../../../recovery/errors";

/** What has no points because it is copied all the time, asked in the recovery region now. What a system does not protect is absent. */
export interface ContinuousSources {
  /** The protected database's automated backups that are replicated there. */
  readonly database?: { readonly instance: string; find(): Promise<readonly AutomatedBackup[]> };
  readonly documents?: { readonly bucket: string; newestCanary(): Promise<Read<ArrivedCanary>> };
}

/** What a database can be restored to, or why nobody knows. Times are ISO, UTC. */
export interface RestorableWindow {
  readonly store: "postgres";
  readonly instance: string;
  readonly earliest: string | null;
  readonly latest: string | null;
  /** How long ago `latest` is. */
  readonly ageSeconds: number | null;
  /** Whether backups are known to go on arriving. */
  readonly replicating: boolean;
  /** Why it can be restored to no time, as far as is known. */
  readonly problem: string | null;
}

/** Up to where the documents have arrived, or why nobody knows. */
export interface Watermark {
  readonly store: "objects";
  readonly bucket: string;
  /** Every document that was written before it has arrived. */
  readonly asOf: string | null;
  readonly arrivedAt: string | null;
  readonly ageSeconds: number | null;
  readonly problem: string | null;
}

export interface Continuous {
  readonly database?: RestorableWindow;
  readonly documents?: Watermark;
}

/** Never fails: what cannot be asked is told beside what can. */
export const gatherContinuous = async ({ database, documents }: ContinuousSources, now: Date): Promise<Continuous> => {
  const [window, watermark] = await Promise.all([
    database === undefined ? undefined : windowOf(database, now),
    documents === undefined ? undefined : watermarkOf(documents, now),
  ]);
  return { ...(window === undefined ? {} : { database: window }), ...(watermark === undefined ? {} : { documents: watermark }) };
};

/** An instance that was made again under its name has backups beside its predecessor's: the newest time of all counts. */
const windowOf = async ({ instance, find }: NonNullable<ContinuousSources["database"]>, now: Date): Promise<RestorableWindow> => {
  const nothing = { store: "postgres", instance, earliest: null, latest: null, ageSeconds: null } as const;
  try {
    const found = await find();
    const replicating = found.some(isReplicating);
    const [newest] = found.flatMap(({ window }) => window ?? []).sort((a, b) => b.latest.getTime() - a.latest.getTime());
    if (newest === undefined)
      return {
        ...nothing,
        replicating,
        problem: found.length === 0 ? "no automated backups are in this region" : "nothing can be restored yet",
      };
    const { earliest, latest } = newest;
    return {
      ...{ ...nothing, replicating, problem: null },
      ...{ earliest: earliest.toISOString(), latest: latest.toISOString(), ageSeconds: secondsBetween(latest, now) },
    };
  } catch (error) {
    return { ...nothing, replicating: false, problem: `that could not be asked: ${messageOf(error)}` };
  }
};

const watermarkOf = async ({ bucket, newestCanary }: NonNullable<ContinuousSources["documents"]>, now: Date): Promise<Watermark> => {
  const nothing = { store: "objects", bucket, asOf: null, arrivedAt: null, ageSeconds: null } as const;
  try {
    const { value, problem } = await newestCanary();
    if (value === undefined) return { ...nothing, problem };
    const { writtenAt, arrivedAt } = value;
    return {
      ...{ ...nothing, asOf: writtenAt, arrivedAt: arrivedAt.toISOString(), problem: null },
      ageSeconds: secondsBetween(new Date(writtenAt), now),
    };
  } catch (error) {
    return { ...nothing, problem: `that could not be asked: ${messageOf(error)}` };
  }
};

const secondsBetween = (earlier: Date, later: Date): number => Math.max(0, (later.getTime() - earlier.getTime()) / 1000);
