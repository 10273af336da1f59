import type { ListedVersion } from "../../lambdas/shared/objects";

const PAGE = 1000;
export const WRITTEN = new Date("2026-01-01T00:00:00.000Z");

export const documentKey = (number: number): string => `documents/${String(number).padStart(9, "0")}`;

/** So many documents as a bucket lists them, which is never whole in memory. @param counted is called for each request */
export const pagesOf = (documents: number, counted: () => void) =>
  async function* (after?: string): AsyncIterable<readonly ListedVersion[]> {
    const first = after === undefined ? 0 : Number(after.slice(after.lastIndexOf("/") + 1)) + 1;
    for (let start = first; start < documents; start += PAGE) {
      counted();
      yield Array.from({ length: Math.min(PAGE, documents - start) }, (_, index) => ({
        ...{ key: documentKey(start + index), sizeBytes: 1, lastModified: WRITTEN },
        ...{ versionId: "v1", isLatest: true, isDeleteMarker: false },
      }));
    }
  };
