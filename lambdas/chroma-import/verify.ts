import type { Check } from "../../recovery/catalogue/point";
import { collectionName, type ExportedCollection } from "../../recovery/chroma/manifest";
import { canonicalMetadata } from "../../recovery/chroma/metadata";
import { type ChromaRecord, CollectionDigest } from "../../recovery/chroma/record";
import { batches } from "../chroma/batches";
import type { ChromaClient, ChromaCollection } from "../chroma/client";
import type { Deadline } from "../shared/deadline";
import type { PinnedPoint } from "./point";
import type { ExactNeighbours } from "./recall";
import { sameShape } from "./target";

/**
 * Chroma normalises the embeddings of a cosine collection again at each import: components drift by up to 1.3e-7 (measured with
 * 1.5.9, two ulps of float32 below 1). l2 and ip are kept bit for bit.
 */
export const COSINE_TOLERANCE = 2e-7;

const PAGE_ROWS = 1000;
const PAGE_BYTES = 8 * 1024 * 1024;

export interface Verification {
  readonly client: ChromaClient;
  readonly point: PinnedPoint;
  readonly exported: ExportedCollection;
  readonly restored: ChromaCollection;
  readonly checkDeadline: Deadline;
  /** Are shown every record on the way. */
  readonly probes?: ExactNeighbours;
}

/** Reads a restored collection back, all of it, and compares it with the point. */
export const verifyCollection = async (run: Verification): Promise<readonly Check[]> => {
  const { client, exported, restored } = run;
  const count = await client.count(restored.id);
  const { digest, drift } = await readBack(run);
  const actual = digest.result();
  const { space } = exported;
  const name = collectionName(exported);
  return [
    check(`${name}: records`, exported.countWritten, count),
    check(`${name}: content`, exported.contentDigest, actual.contentDigest),
    space === "cosine"
      ? {
          name: `${name}: embeddings`,
          expected: `within ${COSINE_TOLERANCE} a component`,
          actual: `${digest.count} read, largest difference ${drift.toExponential(1)}`,
          passed: digest.count === exported.countWritten && drift <= COSINE_TOLERANCE,
        }
      : check(`${name}: embeddings`, exported.embeddingsDigest, actual.embeddingsDigest),
    // A collection gets its dimension with its first record; the exported one may have been described before that.
    check(`${name}: dimension`, exported.dimension ?? restored.dimension, count === 0 ? exported.dimension : restored.dimension),
    check(`${name}: metadata`, canonicalMetadata(exported.metadataJson), canonicalMetadata(restored.metadataJson)),
    check(`${name}: configuration`, "as exported", sameShape(exported, restored) ? "as exported" : restored.configurationJson),
  ];
};

const check = (name: string, expected: string | number | null, actual: string | number | null): Check => ({
  name,
  expected: String(expected),
  actual: String(actual),
  passed: expected === actual,
});

const readBack = async (run: Verification): Promise<{ readonly digest: CollectionDigest; readonly drift: number }> => {
  const { client, point, exported, restored, checkDeadline, probes } = run;
  const digest = new CollectionDigest();
  let drift = 0;
  for await (const part of point.parts(exported)) {
    for (const page of batches(part, PAGE_ROWS, PAGE_BYTES)) {
      checkDeadline(
        () => `${digest.count} of ${exported.countWritten} records of "${exported.name}" read back; the next call verifies again`,
      );
      const expected = new Map(page.map((record) => [record.id, record]));
      for (const record of await client.records(restored.id, [...expected.keys()])) {
        digest.add(record);
        probes?.add(record);
        drift = Math.max(drift, difference(expected.get(record.id), record));
      }
    }
  }
  return { digest, drift };
};

/** The largest difference of two records' components; infinite where one has none. */
const difference = (expected: ChromaRecord | undefined, actual: ChromaRecord): number => {
  const [a, b] = [expected?.embedding ?? null, actual.embedding];
  if (a === null || b === null || a.length !== b.length) return a === b ? 0 : Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < a.length; index += 1) largest = Math.max(largest, Math.abs((a[index] ?? 0) - (b[index] ?? 0)));
  return largest;
};

/** Asks each collection for the nearest neighbour of one of its own records: the answer proves that its index serves. */
export const firstQuery = async ({ client, point, exported, restored }: Omit<Verification, "checkDeadline" | "probes">): Promise<Check> => {
  const name = `${collectionName(exported)}: first query`;
  for await (const [record] of point.parts(exported)) {
    const found = record?.embedding == null ? [] : await client.nearest(restored.id, [record.embedding], 1);
    return check(name, "answered", (found[0] ?? []).length > 0 ? "answered" : "nothing found");
  }
  return check(name, "no records", "no records");
};
