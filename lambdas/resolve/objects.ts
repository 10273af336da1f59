import { CANARY_KEY } from "../../recovery/names";
import { readCanary } from "../shared/canary";
import type { ListedVersion, ObjectStore } from "../shared/objects";
import { type BackfillSource, incompleteBackfill } from "./backfill";
import type { Choice } from "./choice";

/** The replica as of its canary: the newest one, or the newest that had arrived at the time asked for. */
export const chooseObjects = async (source: BackfillSource, notAfter?: Date): Promise<Choice<"objects">> => {
  const { documentsReplica: replica, system } = source;
  const version = await canaryVersion(replica, notAfter);
  if (version === undefined) {
    const when = notAfter === undefined ? "" : ` of ${notAfter.toISOString()} or earlier`;
    return { problem: `objects: no canary${when} is in ${replica.bucket}` };
  }
  const canary = await readCanary(replica, system, version.versionId);
  if (canary.value === undefined) return { problem: `objects: ${canary.problem}` };
  const incomplete = await incompleteBackfill(source);
  return {
    chosen: {
      ...{ bucket: replica.bucket, asOf: canary.value.writtenAt, arrivedAt: version.lastModified.toISOString() },
      ...(incomplete === undefined ? {} : { incompleteBackfill: incomplete }),
    },
  };
};

const canaryVersion = async (replica: ObjectStore, notAfter: Date | undefined): Promise<ListedVersion | undefined> => {
  for await (const page of replica.versions(CANARY_KEY)) {
    for (const version of page) {
      if (version.key !== CANARY_KEY || version.isDeleteMarker) continue;
      // A canary is written before it arrives: what had arrived by then names a time that is early enough.
      if (notAfter === undefined || version.lastModified <= notAfter) return version;
    }
  }
  return undefined;
};
