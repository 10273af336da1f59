import { RESERVED_DOCUMENTS_PREFIX } from "../../recovery/names";
import type { ListedVersion } from "../shared/objects";

/** The version of a key that was current at the time. */
export type DocumentVersion = Pick<ListedVersion, "key" | "versionId" | "sizeBytes">;

/**
 * The bucket as it was at a time, in key order: of each key the newest version that is not younger, and nothing where that is
 * a delete marker. Versions come by key, newest first, so one key's state is all that is kept.
 * S3 rounds times to seconds, and so does this.
 */
export async function* documentsAsOf(pages: AsyncIterable<readonly ListedVersion[]>, time: Date): AsyncIterable<DocumentVersion> {
  let decidedKey: string | undefined;
  for await (const page of pages) {
    for (const { key, versionId, sizeBytes, lastModified, isDeleteMarker } of page) {
      if (key === decidedKey || lastModified > time || key.startsWith(RESERVED_DOCUMENTS_PREFIX)) continue;
      decidedKey = key;
      if (!isDeleteMarker) yield { key, versionId, sizeBytes };
    }
  }
}
