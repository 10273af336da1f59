import type { Check } from "../../../recovery/catalogue/point";
import { ChromaManifest, collectionName, type ExportedCollection, type Part } from "../../../recovery/chroma/manifest";
import { type ChromaRecord, CollectionDigest } from "../../../recovery/chroma/record";
import { messageOf } from "../../../recovery/errors";
import { check, checkAll } from "../checks";
import type { PartReader, ReadContent } from "../reader";

/** The records of one part. Throws when the bytes are no part. */
export type DecodePart = (bytes: Uint8Array) => AsyncIterable<ChromaRecord> | Iterable<ChromaRecord> | Promise<Iterable<ChromaRecord>>;

/** Decodes every record of every collection, counts, digests again, and compares with the manifest. */
export const chromaContent =
  (decodePart: DecodePart): ReadContent =>
  async (manifestText, part) => {
    const { collections } = ChromaManifest.parse(JSON.parse(manifestText));
    const undecoded: string[] = [];
    const checks: Check[] = [];
    for (const collection of collections) {
      const digest = new CollectionDigest();
      const probes = new Set(collection.probes.map(({ id }) => id));
      for (const one of collection.parts) {
        const problem = await readPart(decodePart, part, one, (record) => {
          digest.add(record);
          probes.delete(record.id);
        });
        if (problem !== undefined) undecoded.push(problem);
      }
      checks.push(...collectionChecks(collection, digest, probes));
    }
    const listed = collections.reduce((sum, { parts }) => sum + parts.length, 0);
    return [checkAll("parts decoded", listed, undecoded), ...checks];
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

/** @param lost the probes whose records were in no part: a restore could not ask them */
const collectionChecks = (collection: ExportedCollection, digest: CollectionDigest, lost: ReadonlySet<string>): readonly Check[] => {
  const name = collectionName(collection);
  const probes = collection.probes.length;
  const { contentDigest, embeddingsDigest } = digest.result();
  return [
    check(`${name}: records`, collection.countWritten, digest.count),
    check(`${name}: content`, collection.contentDigest, contentDigest),
    check(`${name}: embeddings`, collection.embeddingsDigest, embeddingsDigest),
    ...(probes === 0 ? [] : [check(`${name}: records of its probes`, probes, probes - lost.size)]),
  ];
};
