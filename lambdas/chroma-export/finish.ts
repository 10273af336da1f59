import { joinDigests } from "../../recovery/chroma/digests";
import {
  ChromaManifest,
  collectionName,
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
import { ExportPlan, PieceResult, type PlannedCollection, planKey, type RangeResult, requireCheckpoint, resultKey } from "./checkpoint";
import type { ListingSource } from "./listing";
import { NEIGHBOURS } from "./probes";
import type { RecordSource } from "./range";
import { reconcile } from "./reconcile";
import { shortExport } from "./refusals";

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
 * manifest is written, last and once. Called again it answers the manifest that stands.
 */
export const finishExport = async (options: FinishOptions): Promise<ChromaManifest> => {
  const { staging, pointId, now } = options;
  const standing = await staging.get(manifestKey(pointId));
  if (standing !== undefined) return requireCheckpoint(staging, ChromaManifest, manifestKey(pointId));
  const plan = await requireCheckpoint(staging, ExportPlan, planKey(pointId));
  const ranges = await rangesOf(staging, plan);
  const collections: ExportedCollection[] = [];
  for (const [number, planned] of plan.collections.entries()) {
    options.checkDeadline(() => `${number} of ${plan.collections.length} collections put together; no manifest was written`);
    collections.push(await finishCollection(options, plan, number, planned, ranges.get(number) ?? []));
  }
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
  });
  await putOnce(staging, manifestKey(pointId), JSON.stringify(manifest), { contentType: "application/json" });
  return manifest;
};

/** What the pieces wrote of each collection, in the order of the pieces. */
const rangesOf = async (staging: ObjectStore, plan: ExportPlan): Promise<ReadonlyMap<number, RangeResult[]>> => {
  const ranges = new Map<number, RangeResult[]>();
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

const finishCollection = async (
  options: FinishOptions,
  plan: ExportPlan,
  number: number,
  planned: PlannedCollection,
  exported: readonly RangeResult[],
): Promise<ExportedCollection> => {
  const source = options.server.database(planned.tenant, planned.database);
  const { late, deleted } = await reconcile(
    { ...options, source, plan, number, planned },
    exported.flatMap(({ missing }) => missing),
  );
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
  source: Pick<FinishSource, "nearest">,
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
  const answers = await source.nearest(
    sourceId,
    asked.map(({ vector }) => vector),
    NEIGHBOURS,
  );
  return asked.map(({ id }, question) => ({ id, answer: answers[question] ?? [] }));
};

const floatsOf = (base64: string): Float32Array => {
  const bytes = Buffer.from(base64, "base64");
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => bytes.readFloatLE(index * 4));
};
