import { joinDigests } from "../../recovery/chroma/digests";
import {
  ChromaManifest,
  collectionName,
  type DeletedCollection,
  type ExportedCollection,
  manifestKey,
  type Part,
  type Probe,
} from "../../recovery/chroma/manifest";
import type { ChromaClient } from "../chroma/client";
import { PART_FORMAT } from "../chroma/parquet";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import { putOnce } from "../shared/put-once";
import {
  type DeletedRange,
  ExportPlan,
  PieceResult,
  type PlannedCollection,
  planKey,
  type RangeResult,
  requireCheckpoint,
  resultKey,
} from "./checkpoint";
import type { ListingSource } from "./listing";
import type { RecordSource } from "./pages";
import { NEIGHBOURS } from "./probes";
import { reconcile } from "./reconcile";
import { nothingLeft, shortExport } from "./refusals";
import { ifStillThere } from "./still-there";

/** What the last step asks of a database. It never writes. */
export type FinishSource = RecordSource & ListingSource & Pick<ChromaClient, "nearest">;

export interface FinishOptions {
  readonly server: { database(tenant: string, name: string): FinishSource };
  readonly staging: ObjectStore;
  readonly pointId: string;
  readonly now: () => Date;
  readonly checkDeadline: Deadline;
}

/**
 * Puts the pieces together: what is missing is reconciled with what the server lists now, the counts are compared, the probes are asked, and the
 * manifest is written, last and once. Called again it answers the manifest that stands. A collection that was deleted before all of it was read is
 * named and left out.
 */
export const finishExport = async (options: FinishOptions): Promise<ChromaManifest> => {
  const { staging, pointId, now } = options;
  const standing = await staging.get(manifestKey(pointId));
  if (standing !== undefined) return requireCheckpoint(staging, ChromaManifest, manifestKey(pointId));
  const plan = await requireCheckpoint(staging, ExportPlan, planKey(pointId));
  const ranges = await rangesOf(staging, plan);
  const collections: ExportedCollection[] = [];
  const deletedCollections = [...plan.deletedCollections];
  for (const [number, planned] of plan.collections.entries()) {
    options.checkDeadline(() => `${number} of ${plan.collections.length} collections put together; no manifest was written`);
    const finished = await finishCollection(options, plan, number, planned, ranges.get(number) ?? []);
    if (finished !== undefined) collections.push(finished);
    else deletedCollections.push(deletedBeforeRead(planned));
  }
  if (isNothingLeft(collections, deletedCollections)) throw nothingLeft(deletedCollections);
  const manifest = ChromaManifest.parse({
    schema: "lifeboat/chroma-export/2",
    system: plan.system,
    pointId,
    // A clock that was set back must not end a window before it began.
    window: { startedAt: plan.startedAt, finishedAt: new Date(Math.max(now().getTime(), Date.parse(plan.startedAt))).toISOString() },
    source: { serverVersion: plan.serverVersion },
    format: PART_FORMAT,
    databases: plan.databases,
    collections,
    ...(deletedCollections.length === 0 ? {} : { deletedCollections }),
  });
  await putOnce(staging, manifestKey(pointId), JSON.stringify(manifest), { contentType: "application/json" });
  return manifest;
};

/** A point of no record would be the newest one, and a restore to it would bring nothing back. */
const isNothingLeft = (collections: readonly ExportedCollection[], deleted: readonly DeletedCollection[]): boolean =>
  collections.every(({ countWritten }) => countWritten === 0) && deleted.some(({ countAtSource }) => countAtSource !== 0);

const deletedBeforeRead = ({ tenant, database, name, sourceId, countAtSource }: PlannedCollection): DeletedCollection => ({
  ...{ tenant, database, name, sourceId, countAtSource },
});

type Range = RangeResult | DeletedRange;

/** What the pieces wrote of each collection, in the order of the pieces. */
const rangesOf = async (staging: ObjectStore, plan: ExportPlan): Promise<ReadonlyMap<number, readonly Range[]>> => {
  const ranges = new Map<number, Range[]>();
  for (const piece of plan.pieces.keys()) {
    const result = await requireCheckpoint(staging, PieceResult, resultKey(plan.pointId, piece));
    for (const range of result.ranges) {
      const known = ranges.get(range.collection);
      if (known === undefined) ranges.set(range.collection, [range]);
      else known.push(range);
    }
  }
  return ranges;
};

/** Undefined for a collection that was deleted before all of it was read. */
const finishCollection = async (
  options: FinishOptions,
  plan: ExportPlan,
  number: number,
  planned: PlannedCollection,
  found: readonly Range[],
): Promise<ExportedCollection | undefined> => {
  const source = options.server.database(planned.tenant, planned.database);
  const exported = found.filter((range) => "parts" in range);
  if (exported.length < found.length) return undefined;
  // What was not answered cannot be told from what was withheld once the collection is gone.
  const reconciled = await ifStillThere(source, planned.sourceId, () =>
    reconcile(
      { ...options, source, plan, number, planned },
      exported.flatMap(({ missing }) => missing),
    ),
  );
  if (reconciled === undefined) return undefined;
  const { late, deleted } = reconciled;
  const ranges = late === undefined ? exported : [...exported, late];
  const parts: Part[] = ranges.flatMap((range) => range.parts);
  const countWritten = parts.reduce((sum, { rows }) => sum + rows, 0);
  const contentDigest = joinDigests(ranges.map((range) => range.contentDigest));
  if (countWritten !== planned.countAtSource - deleted || Number(contentDigest.split("-")[0]) !== countWritten)
    throw shortExport(
      collectionName(planned),
      `${planned.countAtSource} at the source, ${deleted} deleted meanwhile, ${countWritten} written`,
    );
  const { probes: _ids, ...description } = planned;
  return {
    ...description,
    ...{ deletedMeanwhile: deleted, countWritten, contentDigest, parts },
    embeddingsDigest: joinDigests(ranges.map((range) => range.embeddingsDigest)),
    probes: await askProbes(source, planned, ranges),
  };
};

/** What the source's own index answers to the exported vectors. */
const askProbes = async (
  source: Pick<FinishSource, "isGone" | "nearest">,
  { sourceId, probes }: PlannedCollection,
  ranges: readonly RangeResult[],
): Promise<Probe[]> => {
  const vectors = new Map(ranges.flatMap((range) => range.probes.map(({ id, embedding }) => [id, embedding] as const)));
  // One that was deleted before it was read has no vector.
  const asked = probes.flatMap((id) => {
    const vector = vectors.get(id);
    return vector === undefined ? [] : [{ id, vector: floatsOf(vector) }];
  });
  if (asked.length === 0) return [];
  const vectorsAsked = asked.map(({ vector }) => vector);
  const answers = await ifStillThere(source, sourceId, () => source.nearest(sourceId, vectorsAsked, NEIGHBOURS));
  // Deleted after all of it was read: its records are the point's, and there is no index to compare a restored one with.
  if (answers === undefined) return [];
  return asked.map(({ id }, question) => ({ id, answer: answers[question] ?? [] }));
};

const floatsOf = (base64: string): Float32Array => {
  const bytes = Buffer.from(base64, "base64");
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};
