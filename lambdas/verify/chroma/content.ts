import * as z from "zod";
import { Check } from "../../../recovery/catalogue/point";
import { ChromaManifest, collectionName, deletedMeanwhile, type Part } from "../../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../../recovery/chroma/record";
import { messageOf } from "../../../recovery/errors";
import { oneRun } from "../../shared/course";
import { check, checkAll } from "../checks";
import { Findings, FindingsState } from "../findings";
import type { PartReader, ReadContent } from "../reader";
import { CollectionReading, CollectionState } from "./collection";

/** The records of one part. Throws when the bytes are no part. */
export type DecodePart = (bytes: Uint8Array) => AsyncIterable<ChromaRecord> | Iterable<ChromaRecord> | Promise<Iterable<ChromaRecord>>;

/** Where the reading of an export stands: behind so many parts of this collection. */
const ContentState = z.object({
  collection: z.int().nonnegative(),
  parts: z.int().nonnegative(),
  current: CollectionState.optional(),
  undecoded: FindingsState,
  checks: z.array(Check),
});

/** Decodes every record of every collection, counts, digests again, and compares with the manifest. It can be continued behind each part. */
export const chromaContent =
  (decodePart: DecodePart): ReadContent =>
  async (manifestText, part, _deadline, course = oneRun) => {
    const manifest = ChromaManifest.parse(JSON.parse(manifestText));
    const { collections } = manifest;
    const listed = collections.reduce((sum, { parts }) => sum + parts.length, 0);
    const from = ContentState.safeParse(course.from).data;
    const undecoded = new Findings(from?.undecoded);
    const checks: Check[] = [...(from?.checks ?? [])];
    for (const [index, collection] of collections.entries()) {
      if (index < (from?.collection ?? 0)) continue;
      const before = from?.collection === index ? from : undefined;
      const reading = new CollectionReading(collection, before?.current);
      for (const [number, one] of collection.parts.entries()) {
        if (number < (before?.parts ?? 0)) continue;
        const problem = await readPart(decodePart, part, one, (record) => reading.add(record));
        if (problem !== undefined) undecoded.add(problem);
        course.reached(
          { collection: index, parts: number + 1, current: reading.state(), undecoded: undecoded.state(), checks: [...checks] },
          () => `collection ${index + 1} of ${collections.length}: ${number + 1} of ${collection.parts.length} parts decoded`,
        );
      }
      checks.push(...reading.checks());
    }
    return [checkAll("parts decoded", listed, undecoded), ...checks, ...deletedChecks(manifest)];
  };

/** Says of each collection that a restore does not bring back why it does not: whoever reads the proof must not take the point for all that was there. */
const deletedChecks = (manifest: ChromaManifest): readonly Check[] => {
  const exported = new Set(manifest.collections.map(({ sourceId }) => sourceId));
  return deletedMeanwhile(manifest).map((deleted) =>
    check(
      `${collectionName(deleted)}: deleted at the source before it was read`,
      "not in the point",
      exported.has(deleted.sourceId) ? "in the point" : "not in the point",
    ),
  );
};

const readPart = async (
  decodePart: DecodePart,
  part: PartReader,
  { key, rows }: Part,
  add: (record: ChromaRecord) => void,
): Promise<string | undefined> => {
  const bytes = await part(key);
  if (bytes === undefined) return `${key} is not there as it was sealed`;
  let decoded = 0;
  try {
    for await (const record of await decodePart(bytes)) {
      add(record);
      decoded += 1;
    }
  } catch (error) {
    // The bytes are the exported ones, so this is no passing fault: they cannot be decoded.
    return `${key} cannot be decoded: ${messageOf(error).slice(0, 200)}`;
  }
  return decoded === rows ? undefined : `${key} holds ${decoded} records, not ${rows}`;
};
