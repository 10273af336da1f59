import type { Check } from "../../recovery/catalogue/point";
import { collectionName, type ExportedCollection } from "../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../recovery/chroma/record";
import type { Neighbour } from "../chroma/client";
import { distanceBetween, isAsNear, RECALL_TOLERANCE } from "../chroma-import/recall";

/** What probes ask of a restored collection. */
export interface ProbedCollection {
  /** Those of the given records that exist. */
  records(ids: readonly string[]): Promise<readonly ChromaRecord[]>;
  /** For each vector the nearest records, nearest first. */
  nearest(vectors: readonly Float32Array[], limit: number): Promise<readonly (readonly Pick<Neighbour, "id">[])[]>;
}

type Vectors = ReadonlyMap<string, Float32Array>;

/** A probe of the manifest with what of its answer the restored collection holds: what else the source answered was written after the export. */
interface Question {
  readonly vector: Float32Array;
  readonly sourceIds: ReadonlySet<string>;
  /** How far the farthest of them is, by the restored vectors. */
  readonly farthest: number;
}

/**
 * Asks a restored collection the manifest's probes, as applications will ask it. A neighbour counts when the source found it too, or it is as near as what
 * the source found: two HNSW graphs of the same records do not answer alike, and a better one is no fault. The import compared both with brute force over
 * every record; this takes three requests a collection, whatever its size, and finds an index that was lost or broken since.
 */
export const checkProbes = async (restored: ProbedCollection, exported: ExportedCollection): Promise<readonly Check[]> => {
  const { probes, space } = exported;
  if (probes.length === 0) return [];
  const name = `chroma: recall of ${collectionName(exported)}`;
  const known = await vectorsOf(
    restored,
    probes.flatMap(({ id, answer }) => [id, ...answer.map((neighbour) => neighbour.id)]),
  );
  const questions = questionsOf(exported, known);
  if (questions.length < probes.length)
    return [{ name, expected: `${probes.length} probes`, actual: `${questions.length} of their records are there`, passed: false }];
  const most = Math.max(1, ...questions.map(({ sourceIds }) => sourceIds.size));
  const answers = await restored.nearest(
    questions.map(({ vector }) => vector),
    most,
  );
  // Measured here, not as the index says: one that is broken may be wrong about distances too.
  const others = answers.flat().flatMap(({ id }) => (known.has(id) ? [] : [id]));
  const vectors = new Map([...known, ...(await vectorsOf(restored, others))]);
  const distanceTo = (vector: Float32Array, id: string): number => {
    const found = vectors.get(id);
    return found === undefined ? Number.POSITIVE_INFINITY : distanceBetween(space, vector, found);
  };
  return [{ name, ...judged(questions, answers, distanceTo) }];
};

const vectorsOf = async (restored: ProbedCollection, ids: readonly string[]): Promise<Vectors> => {
  const records = ids.length === 0 ? [] : await restored.records([...new Set(ids)]);
  return new Map(records.flatMap(({ id, embedding }) => (embedding === null ? [] : [[id, embedding] as const])));
};

const questionsOf = ({ probes, space }: ExportedCollection, known: Vectors): readonly Question[] =>
  probes.flatMap(({ id, answer }) => {
    const vector = known.get(id);
    if (vector === undefined) return [];
    const there = answer.flatMap((neighbour) => {
      const found = known.get(neighbour.id);
      return found === undefined ? [] : [{ id: neighbour.id, distance: distanceBetween(space, vector, found) }];
    });
    return [{ vector, sourceIds: new Set(there.map((one) => one.id)), farthest: Math.max(...there.map(({ distance }) => distance)) }];
  });

const judged = (
  questions: readonly Question[],
  answers: readonly (readonly Pick<Neighbour, "id">[])[],
  distanceTo: (vector: Float32Array, id: string) => number,
): Omit<Check, "name"> => {
  const tally = { of: 0, asNear: 0, same: 0 };
  for (const [index, { vector, sourceIds, farthest }] of questions.entries()) {
    const given = (answers[index] ?? []).slice(0, sourceIds.size);
    tally.of += sourceIds.size;
    tally.same += given.filter(({ id }) => sourceIds.has(id)).length;
    tally.asNear += given.filter(({ id }) => sourceIds.has(id) || isAsNear(distanceTo(vector, id), farthest)).length;
  }
  // Of an inner product a few long vectors answer every probe: all of them written after the export, they leave nothing to compare with.
  if (tally.of === 0) return merelyAnswered(answers);
  const least = 1 - RECALL_TOLERANCE;
  const recall = tally.asNear / tally.of;
  return {
    expected: `${least.toFixed(2)} at least: neighbours that the source found too, or as near ones`,
    actual: `${recall.toFixed(2)}: ${tally.asNear} of ${tally.of}, ${tally.same} of them the source's own`,
    passed: recall >= least,
  };
};

const merelyAnswered = (answers: readonly (readonly unknown[])[]): Omit<Check, "name"> => {
  const answered = answers.filter((answer) => answer.length > 0).length;
  return {
    expected: "an answer to each probe: all that the source found was written after the export",
    actual: `${answered} of ${answers.length} answered`,
    passed: answered === answers.length,
  };
};
