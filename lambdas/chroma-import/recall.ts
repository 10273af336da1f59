import type { Check } from "../../recovery/catalogue/point";
import { collectionName, type ExportedCollection, type Probe } from "../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../recovery/chroma/record";
import type { ChromaClient, ChromaCollection, Neighbour } from "../chroma/client";

/**
 * How much worse than the source's a restored index may find neighbours. An HNSW graph is built in random order, so no two of the same records
 * answer alike, and eight probes of ten neighbours measure a recall to a few hundredths; an index that lost its vectors or its links is far below.
 * https://arxiv.org/abs/1603.09320
 */
export const RECALL_TOLERANCE = 0.2;

/** Float32 sums differ in their last digits by the order of addition, and a cosine's components by their drift: so near to the last neighbour is as good as it. */
const TIE = 1e-5;

/** Whether a neighbour is as good as one at this distance. */
export const isAsNear = (distance: number, farthest: number): boolean => distance <= farthest + TIE * Math.max(1, Math.abs(farthest));

type Space = ExportedCollection["space"];

/** As Chroma measures: squared for l2, one less the product or the cosine for the others. https://docs.trychroma.com/docs/collections/configure */
export const distanceBetween = (space: Space, a: Float32Array, b: Float32Array): number => {
  let squared = 0;
  let product = 0;
  let normA = 0;
  let normB = 0;
  for (let index = 0; index < a.length; index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    squared += (x - y) * (x - y);
    product += x * y;
    normA += x * x;
    normB += y * y;
  }
  if (space === "l2") return squared;
  if (space === "ip") return 1 - product;
  return 1 - product / Math.max(Math.sqrt(normA * normB), Number.MIN_VALUE);
};

/** One probe with its true nearest neighbours so far. */
interface Asked {
  readonly probe: Probe;
  readonly vector: Float32Array;
  readonly nearest: Neighbour[];
  /** How far the source's answers that are in the point truly are. */
  readonly answered: Map<string, number>;
}

/** The probes' true nearest neighbours among all records, found by comparing with each: what an index's answers are judged by. */
export class ExactNeighbours {
  private constructor(
    private readonly space: Space,
    readonly asked: readonly Asked[],
  ) {}

  /** The probes' vectors are those of the restored records, which are compared with the exported ones. */
  static async of(
    client: Pick<ChromaClient, "records">,
    restored: ChromaCollection,
    exported: ExportedCollection,
  ): Promise<ExactNeighbours> {
    const ids = exported.probes.map(({ id }) => id);
    const records = ids.length === 0 ? [] : await client.records(restored.id, ids);
    const vectors = new Map(records.map(({ id, embedding }) => [id, embedding]));
    const asked = exported.probes.flatMap((probe) => {
      const vector = vectors.get(probe.id) ?? undefined;
      return vector === undefined ? [] : [{ probe, vector, nearest: [], answered: new Map() }];
    });
    return new ExactNeighbours(exported.space, asked);
  }

  add({ id, embedding }: ChromaRecord): void {
    if (embedding === null) return;
    for (const { probe, vector, nearest, answered } of this.asked) {
      const distance = distanceBetween(this.space, vector, embedding);
      if (probe.answer.some((neighbour) => neighbour.id === id)) answered.set(id, distance);
      if (nearest.length >= probe.answer.length && distance >= (nearest.at(-1)?.distance ?? 0)) continue;
      const rank = nearest.findIndex((neighbour) => neighbour.distance > distance);
      nearest.splice(rank < 0 ? nearest.length : rank, 0, { id, distance });
      if (nearest.length > probe.answer.length) nearest.pop();
    }
  }
}

interface Tally {
  found: number;
  of: number;
}

const recallOf = ({ found, of }: Tally): number => (of === 0 ? 1 : found / of);

/**
 * Asks the restored index what the source's was asked, and compares both with the truth. The answers themselves need not be equal: both indexes
 * approximate. What the source answered and the point does not hold was written after the export and counts for neither.
 */
export const checkRecall = async (
  client: Pick<ChromaClient, "nearest">,
  restored: ChromaCollection,
  exported: ExportedCollection,
  { asked }: ExactNeighbours,
): Promise<readonly Check[]> => {
  if (exported.probes.length === 0) return [];
  const name = `${collectionName(exported)}: recall`;
  if (asked.length < exported.probes.length)
    return [{ name, expected: `${exported.probes.length} probes`, actual: `${asked.length} of their records are there`, passed: false }];
  const most = Math.max(1, ...asked.map(({ probe }) => probe.answer.length));
  const answers = await client.nearest(
    restored.id,
    asked.map(({ vector }) => vector),
    most,
  );
  const [here, source, common] = [tally(), tally(), tally()];
  for (const [question, { probe, nearest, answered }] of asked.entries()) {
    const answer = (answers[question] ?? []).slice(0, nearest.length);
    const truth = new Set(nearest.map(({ id }) => id));
    const farthest = nearest.at(-1)?.distance ?? 0;
    const isNear = (id: string, distance: number): boolean => truth.has(id) || isAsNear(distance, farthest);
    here.of += nearest.length;
    here.found += answer.filter(({ id, distance }) => isNear(id, distance)).length;
    const known = probe.answer.filter(({ id }) => answered.has(id));
    source.of += known.length;
    source.found += known.filter(({ id }) => isNear(id, answered.get(id) ?? Number.POSITIVE_INFINITY)).length;
    const found = new Set(answer.map(({ id }) => id));
    common.of += known.length;
    common.found += known.filter(({ id }) => found.has(id)).length;
  }
  const least = recallOf(source) - RECALL_TOLERANCE;
  return [
    {
      name,
      expected: `${least.toFixed(2)} at least, against brute force: the source's ${recallOf(source).toFixed(2)} less ${RECALL_TOLERANCE}`,
      actual: `${recallOf(here).toFixed(2)}; ${common.found} of ${common.of} of the source's own answers`,
      passed: recallOf(here) >= least,
    },
  ];
};

const tally = (): Tally => ({ found: 0, of: 0 });
