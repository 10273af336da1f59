import type { ExportedCollection } from "../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../recovery/chroma/record";
import { batches } from "../chroma/batches";
import type { ChromaClient, ChromaCollection } from "../chroma/client";
import { MAX_BODY_BYTES } from "../chroma/http";
import type { Deadline } from "../shared/deadline";
import { eachInFlight } from "../shared/in-flight";
import type { ImportMeter } from "./meter";
import type { PinnedPoint } from "./point";
import { createAlike, sameShape } from "./target";

export interface CollectionImport {
  readonly client: ChromaClient;
  readonly point: PinnedPoint;
  readonly exported: ExportedCollection;
  readonly maxBatchRows: number;
  readonly checkDeadline: Deadline;
  readonly meter?: ImportMeter;
}

/** Larger batches are no faster, and the server keeps each in memory (measured: 0.8 GB at 10,000 rows). */
export const BATCH_ROWS = 1000;
/** Base64 and JSON's escapes grow content by a third and more. */
const BATCH_BYTES = MAX_BODY_BYTES / 4;
const BATCHES_IN_FLIGHT = 2;

/**
 * Fills a collection under its temporary name. What an interrupted call left under that name is completed, not deleted: its name
 * proves whose it is, `add` ignores ids that are there, and the verification reads all of it. (Chroma 1.5.9 also keeps array
 * metadata of deleted collections and shows it on later records of the same row.)
 */
export const fillCollection = async (run: CollectionImport, temporaryName: string): Promise<ChromaCollection> => {
  const { client, exported, checkDeadline, meter } = run;
  const left = await leftOver(run, temporaryName);
  if (left !== undefined) meter?.goesOnFromEarlierCall();
  const target = left ?? (await createAlike(client, exported, temporaryName));
  let added = 0;
  await eachInFlight(missingBatches(run, left), BATCHES_IN_FLIGHT, async (batch) => {
    checkDeadline(
      () => `${added} records of "${exported.name}" imported by this call, of ${exported.countWritten}; the next call goes on from there`,
    );
    meter?.gives();
    await client.add(target.id, batch);
    meter?.given(batch);
    added += batch.length;
  });
  return target;
};

const leftOver = async ({ client, exported }: CollectionImport, name: string): Promise<ChromaCollection | undefined> => {
  const found = await client.collection(name);
  if (found === undefined || sameShape(exported, found)) return found;
  // Cut between its making and the check of its shape; it is empty.
  await client.remove(name);
  return undefined;
};

/** What the target does not hold yet, batch by batch. Of a left-over it is asked part by part, so that memory is bounded by a part. */
async function* missingBatches(
  { client, point, exported, maxBatchRows }: CollectionImport,
  left: ChromaCollection | undefined,
): AsyncGenerator<ChromaRecord[]> {
  for await (const records of point.parts(exported)) {
    const present = new Set(
      left === undefined
        ? []
        : await client.existing(
            left.id,
            records.map(({ id }) => id),
          ),
    );
    const missing = records.filter(({ id }) => !present.has(id));
    yield* batches(missing, Math.min(BATCH_ROWS, maxBatchRows), BATCH_BYTES);
  }
}
