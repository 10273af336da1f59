import { Canary } from "../../recovery/canary";
import { CANARY_KEY } from "../../recovery/names";
import { type Read, readJson } from "./json";
import { getText, type ListedVersion, type ObjectStore } from "./objects";

/** The canary that a bucket holds (a version of it, when given), or why it says nothing about this system. */
export const readCanary = async (documents: ObjectStore, system: string, versionId?: string): Promise<Read<Canary>> => {
  const text = await getText(documents, CANARY_KEY, versionId);
  if (text === undefined) return { problem: `no canary has arrived in ${documents.bucket}` };
  const canary = readJson(Canary, text);
  if (canary.value !== undefined && canary.value.system !== system) return { problem: `the canary is of system ${canary.value.system}` };
  return canary;
};

/** A canary's version that arrived in a bucket: all that was written before `writtenAt` is there. */
export interface ArrivedCanary extends Canary {
  readonly versionId: string;
  /** When the version was made, by the bucket's own clock. */
  readonly arrivedAt: Date;
}

/** The newest canary, or the newest that had arrived at a time. */
export const newestCanary = async (documents: ObjectStore, system: string, notAfter?: Date): Promise<Read<ArrivedCanary>> => {
  const version = await canaryVersion(documents, notAfter);
  if (version === undefined) {
    const when = notAfter === undefined ? "" : ` of ${notAfter.toISOString()} or earlier`;
    return { problem: `no canary${when} is in ${documents.bucket}` };
  }
  const canary = await readCanary(documents, system, version.versionId);
  if (canary.value === undefined) return canary;
  return { value: { ...canary.value, versionId: version.versionId, arrivedAt: version.lastModified } };
};

const canaryVersion = async (documents: ObjectStore, notAfter: Date | undefined): Promise<ListedVersion | undefined> => {
  for await (const page of documents.versions(CANARY_KEY)) {
    for (const version of page) {
      if (version.key !== CANARY_KEY || version.isDeleteMarker) continue;
      // A canary is written before it arrives: what had arrived by then names a time that is early enough.
      if (notAfter === undefined || version.lastModified <= notAfter) return version;
    }
  }
  return undefined;
};
