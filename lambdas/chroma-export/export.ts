import { makePointId } from "../../recovery/catalogue/keys";
import { ChromaManifest, type ExportedCollection, manifestKey } from "../../recovery/chroma/manifest";
import { PART_FORMAT } from "../chroma/parquet";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import { putOnce } from "../shared/put-once";
import { type ExportSource, exportCollection } from "./collection";

export interface ExportOptions {
  readonly system: string;
  readonly client: ExportSource;
  readonly staging: ObjectStore;
  readonly now: () => Date;
  /** Four random hex digits: two exports of one second differ by them. */
  readonly random: string;
  readonly checkDeadline: Deadline;
}

export interface ExportReport {
  readonly pointId: string;
  readonly collections: number;
  readonly records: number;
  readonly seconds: number;
}

/**
 * Exports every collection of a database into parts, then writes the manifest: without it the point does not exist, so an export
 * that fails or is cut leaves nothing that looks complete. Memory is flat in the number of records but for their ids, which are listed
 * first (about 100 bytes each), because paging by offset misses rows while others are deleted.
 */
export const exportChroma = async ({ system, client, staging, now, random, checkDeadline }: ExportOptions): Promise<ExportReport> => {
  const startedAt = now();
  const pointId = makePointId("chroma", startedAt, random);
  const serverVersion = await client.version();
  const exported: ExportedCollection[] = [];
  const collections = (await client.collections()).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [number, collection] of collections.entries())
    exported.push(await exportCollection({ client, staging, pointId, number, collection, checkDeadline }));
  const finishedAt = now();
  checkDeadline(() => "everything was read, no manifest was written");
  const manifest = ChromaManifest.parse({
    schema: "lifeboat/chroma-export/1",
    system,
    pointId,
    window: { startedAt: startedAt.toISOString(), finishedAt: finishedAt.toISOString() },
    source: { serverVersion },
    format: PART_FORMAT,
    collections: exported,
  });
  await putOnce(staging, manifestKey(pointId), JSON.stringify(manifest), { contentType: "application/json" });
  return {
    pointId,
    collections: exported.length,
    records: exported.reduce((sum, { countWritten }) => sum + countWritten, 0),
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
  };
};
