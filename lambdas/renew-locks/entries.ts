import { seriesPrefix } from "../../recovery/catalogue/keys";
import type { Series } from "../../recovery/catalogue/series";
import type { ObjectStore } from "../shared/objects";

/** An entry's key with all that was ever written under it. */
export interface WrittenEntry {
  readonly key: string;
  readonly versionIds: readonly string[];
}

/** The entries of a series behind a key, newest first, as they are listed: a request for a thousand, and none of them is read. */
export async function* entriesOf(vault: Pick<ObjectStore, "versions">, series: Series, after?: string): AsyncIterable<WrittenEntry> {
  const prefix = seriesPrefix(series);
  let last: { key: string; versionIds: string[] } | undefined;
  for await (const page of vault.versions(prefix, after))
    for (const { key, versionId, isDeleteMarker } of page) {
      // A delete marker hides what a renewed lock keeps. A series may have the name of another one as its beginning.
      if (isDeleteMarker || key.slice(prefix.length).includes("/")) continue;
      if (last?.key === key) {
        last.versionIds.push(versionId);
        continue;
      }
      if (last !== undefined) yield last;
      last = { key, versionIds: [versionId] };
    }
  if (last !== undefined) yield last;
}

/** Everything under one entry's key; undefined when nothing is. */
export const entryAt = async (vault: Pick<ObjectStore, "versions">, key: string): Promise<WrittenEntry | undefined> => {
  const versionIds: string[] = [];
  for await (const page of vault.versions(key))
    for (const version of page) if (version.key === key && !version.isDeleteMarker) versionIds.push(version.versionId);
  return versionIds.length === 0 ? undefined : { key, versionIds };
};
