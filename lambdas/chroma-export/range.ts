import { embeddingBytes } from "../../recovery/chroma/record";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import type { DeletedRange, IdRange, PlannedCollection, RangeResult } from "./checkpoint";
import { PartWriter } from "./parts";
import { type PageSource, readPages } from "./read";
import { ifStillThere, type Presence } from "./still-there";

/** What reading records asks of a database. It never writes. */
export type RecordSource = PageSource & Presence;

export interface RangeExport {
  readonly source: RecordSource;
  readonly staging: ObjectStore;
  readonly pointId: string;
  readonly piece: number;
  readonly collection: PlannedCollection;
  readonly range: IdRange;
  readonly checkDeadline: Deadline;
}

/** As `readRange`, of a collection that may be deleted while it is read: then nothing of the range counts. */
export const exportRange = async (run: RangeExport): Promise<RangeResult | DeletedRange> =>
  (await ifStillThere(run.source, run.collection.sourceId, () => readRange(run))) ?? {
    collection: run.range.collection,
    collectionDeleted: true,
  };

/** Reads records of one collection into parts. What is not answered is asked for once more, and then named. */
export const readRange = async (run: RangeExport): Promise<RangeResult> => {
  const { source, staging, pointId, piece, collection, range, checkDeadline } = run;
  const parts = new PartWriter(staging, pointId, { piece, collection: range.collection });
  const wanted = new Set(collection.probes);
  const probes: RangeResult["probes"] = [];
  const read = async (ids: readonly string[]): Promise<string[]> => {
    const missing: string[] = [];
    for await (const page of readPages(source, collection.sourceId, ids)) {
      checkDeadline(
        () => `${parts.digest.count} of ${range.ids.length} records of "${collection.name}" read; the next call reads this piece again`,
      );
      await parts.add(page.records);
      missing.push(...page.missing);
      for (const { id, embedding } of page.records)
        if (wanted.has(id) && embedding !== null) probes.push({ id, embedding: Buffer.from(embeddingBytes(embedding)).toString("base64") });
    }
    return missing;
  };
  const missing = await read(await read(range.ids));
  const written = await parts.finish();
  return { collection: range.collection, ...parts.digest.result(), parts: [...written], missing, probes };
};
