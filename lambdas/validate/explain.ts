import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { ObjectStore } from "../shared/objects";

/** Why a reference's object may be missing: the stores are of different times, or nothing explains it. */
export interface Explanation {
  readonly withinSkew: boolean;
  readonly reason: string;
}

/** A record of after the documents' time may name an object that had not been replicated. Without a time of its own a record explains nothing. */
export const explainByRecord = (recordTime: Date | undefined, documentsAsOf: string): Explanation => {
  if (recordTime === undefined) return { withinSkew: false, reason: "the object is missing, and the record has no time" };
  const written = `the record was written ${recordTime.toISOString()}`;
  return recordTime.getTime() > Date.parse(documentsAsOf)
    ? { withinSkew: true, reason: `${written}, after the documents' time ${documentsAsOf}` }
    : { withinSkew: false, reason: `the object is missing, and ${written}, before the documents' time ${documentsAsOf}` };
};

/**
 * An object that was deleted after the vectors' time and by the documents' time is named by a record whose deletion came too late for the export.
 * A failover takes the replica as it is, with every delete that arrived; a drill takes it back to the documents' time.
 */
export const explainByDeletion = async (replica: ObjectStore, key: string, plan: RecoveryPlan): Promise<Explanation | undefined> => {
  const { chroma, objects } = plan.stores;
  if (chroma === undefined || objects === undefined) return undefined;
  const until = plan.mode === "failover" ? undefined : new Date(objects.arrivedAt ?? objects.asOf);
  for await (const page of replica.versions(key)) {
    for (const version of page) {
      if (version.key !== key) return undefined;
      if (until !== undefined && version.lastModified > until) continue;
      if (!version.isDeleteMarker || version.lastModified <= new Date(chroma.asOf)) return undefined;
      return {
        withinSkew: true,
        reason: `the object was deleted ${version.lastModified.toISOString()}, after the vectors' time ${chroma.asOf}`,
      };
    }
  }
  return undefined;
};

/** A record's time as its metadata has it: ISO 8601 text, or milliseconds since 1970. */
export const timeOf = (value: unknown): Date | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time;
};
