import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import { restoresOwnDocuments } from "../documents-restore/target";
import type { ObjectStore } from "../shared/objects";

/** Why a reference's object may be missing: the stores are of different times, the replica was never complete, or nothing explains it. */
export interface Explanation {
  readonly isLoss: boolean;
  readonly reason: string;
}

/** What is pointed to, and the time of the store that it should be in. */
export interface Target {
  readonly kind: "object" | "vector";
  readonly asOf: string;
}

/** Whose time is meant, in words. */
const TIMES = { object: "the documents' time", vector: "the vectors' time" } as const;

/** What was written after the target's time may point to what had not arrived there. Without a time of its own it explains nothing. */
export const explainByTime = (source: "record" | "row", writtenAt: Date | undefined, { kind, asOf }: Target): Explanation => {
  if (writtenAt === undefined) return { isLoss: false, reason: `the ${kind} is missing, and the ${source} has no time` };
  const written = `the ${source} was written ${writtenAt.toISOString()}`;
  return writtenAt.getTime() > Date.parse(asOf)
    ? { isLoss: true, reason: `${written}, after ${TIMES[kind]} ${asOf}` }
    : { isLoss: false, reason: `the ${kind} is missing, and ${written}, before ${TIMES[kind]} ${asOf}` };
};

/**
 * An object that was deleted after the pointing store's time, and by the documents' time, is still pointed to there: its record or row was deleted too
 * late for that store. A replica that is taken as it is has every delete that arrived.
 */
export const explainByDeletion = async (
  replica: ObjectStore,
  key: string,
  plan: RecoveryPlan,
  source: { readonly name: "the vectors' time" | "the database's time"; readonly asOf: string },
): Promise<Explanation | undefined> => {
  const { objects } = plan.stores;
  if (objects === undefined) return undefined;
  const until = restoresOwnDocuments(plan) ? new Date(objects.arrivedAt ?? objects.asOf) : undefined;
  for await (const page of replica.versions(key)) {
    for (const version of page) {
      if (version.key !== key) return undefined;
      if (until !== undefined && version.lastModified > until) continue;
      if (!version.isDeleteMarker || version.lastModified <= new Date(source.asOf)) return undefined;
      return {
        isLoss: true,
        reason: `the object was deleted ${version.lastModified.toISOString()}, after ${source.name} ${source.asOf}`,
      };
    }
  }
  return undefined;
};

/**
 * A document that was there before its bucket was protected is in the replica only once its backfill has brought it. One that the replica never had,
 * and that a source of then, or of no known time, points to, may be one of these.
 */
export const explainByBackfill = async (
  replica: ObjectStore,
  key: string,
  plan: RecoveryPlan,
  writtenAt: Date | undefined,
): Promise<Explanation | undefined> => {
  const incomplete = plan.stores.objects?.incompleteBackfill;
  if (incomplete === undefined) return undefined;
  const { before, reason } = incomplete;
  if (before !== undefined && writtenAt !== undefined && writtenAt > new Date(before)) return undefined;
  if (await wasReplicated(replica, key)) return undefined;
  return { isLoss: true, reason: `the object may never have been replicated: ${reason}` };
};

const wasReplicated = async (replica: ObjectStore, key: string): Promise<boolean> => {
  for await (const [first] of replica.versions(key)) if (first !== undefined) return first.key === key;
  return false;
};

/** Vectors keep no versions: one that was deleted between the database's time and the end of the export left nothing that could tell. */
export const explainByExport = ({ stores: { chroma, postgres } }: RecoveryPlan): Explanation | undefined => {
  if (chroma === undefined || postgres === undefined || Date.parse(chroma.windowFinishedAt) <= Date.parse(postgres.asOf)) return undefined;
  return {
    isLoss: true,
    reason: `the vector may have been deleted after the database's time ${postgres.asOf}: the export ended ${chroma.windowFinishedAt}, and nothing tells`,
  };
};

/** A time as metadata and columns have it: ISO 8601 text, or milliseconds since 1970. */
export const timeOf = (value: unknown): Date | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time;
};
