import { messageOf } from "../../recovery/errors";
import type { Progress, Step } from "../progress";
import type { ChromaWrite } from "./chroma";
import { CHUNKS, COLLECTIONS, type DocumentVersion, SUMMARIES } from "./document";
import { objectPut, type Recorder, transactionWrites, vectorPut } from "./recorder";
import type { Target } from "./target";

const LOAD_TIMEOUT_MS = 60_000;
const OBJECTS_IN_FLIGHT = 16;
const RECORDS_PER_BATCH = 500;
/** More in flight gains nothing: the server is the limit. */
const BATCHES_IN_FLIGHT = 2;
const DOCUMENTS_PER_TRANSACTION = 50;
/** The application has one connection to its database. */
const TRANSACTIONS_IN_FLIGHT = 1;

/** The initial load: all objects, then all vectors, then all rows. Any failure ends it: a workload that is half loaded measures nothing. */
export const loadDocuments = async (
  recorder: Recorder,
  target: Target,
  documents: readonly DocumentVersion[],
  progress: Progress,
): Promise<void> => {
  await step(progress, `Loading ${documents.length} documents into S3`, (report) =>
    inFlight(documents, OBJECTS_IN_FLIGHT, report, (version) =>
      recorder.send([objectPut(version)], target.live.region, true, () => target.putObject(version.key, version.body, LOAD_TIMEOUT_MS)),
    ),
  );
  for (const [name, space] of Object.entries(COLLECTIONS)) await target.chroma.ensureCollection(name, space, LOAD_TIMEOUT_MS);
  const batches = [
    ...batchesOf(
      CHUNKS,
      documents.flatMap((version) => version.chunks.map((record) => ({ objectKey: version.key, record }))),
    ),
    ...batchesOf(
      SUMMARIES,
      documents.map((version) => ({ objectKey: version.key, record: version.summary })),
    ),
  ];
  const vectors = batches.reduce((sum, batch) => sum + batch.vectors.length, 0);
  await step(progress, `Loading ${vectors} vectors into Chroma`, (report) =>
    inFlight(batches, BATCHES_IN_FLIGHT, report, ({ collection, vectors }) => {
      const writes = vectors.map(({ objectKey, record }) => vectorPut(collection, objectKey, record));
      const records = vectors.map(({ record }) => record);
      return recorder.send(writes, target.live.region, true, () => target.chroma.upsert(collection, records, LOAD_TIMEOUT_MS));
    }),
  );
  await loadRows(recorder, target, documents, progress);
};

const loadRows = async (recorder: Recorder, target: Target, documents: readonly DocumentVersion[], progress: Progress): Promise<void> => {
  const rows = documents.reduce((sum, { chunks }) => sum + 1 + chunks.length, 0);
  await step(progress, `Loading ${rows} documents and chunks into PostgreSQL`, async (report) => {
    await target.database.createSchema(LOAD_TIMEOUT_MS);
    await inFlight(piecesOf(documents, DOCUMENTS_PER_TRANSACTION), TRANSACTIONS_IN_FLIGHT, report, (versions) => {
      const transaction = recorder.transaction({ kind: "load", versions });
      const writes = transactionWrites(transaction);
      return recorder.send(writes, target.live.region, true, () => target.database.commit(transaction, LOAD_TIMEOUT_MS));
    });
  });
};

interface Vector {
  readonly objectKey: string;
  readonly record: ChromaWrite;
}

interface Batch {
  readonly collection: string;
  readonly vectors: readonly Vector[];
}

const batchesOf = (collection: string, vectors: readonly Vector[]): readonly Batch[] =>
  piecesOf(vectors, RECORDS_PER_BATCH).map((piece) => ({ collection, vectors: piece }));

const piecesOf = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const step = async (progress: Progress, label: string, work: (report: Step["update"]) => Promise<void>): Promise<void> => {
  const shown = progress.step(label);
  try {
    await work(shown.update);
    shown.done();
  } catch (error) {
    shown.fail(messageOf(error));
    throw error;
  }
};

/** Runs `work` on every item, `limit` at a time. The first failure ends the rest. */
const inFlight = async <T>(items: readonly T[], limit: number, report: Step["update"], work: (item: T) => Promise<void>): Promise<void> => {
  const queue = items.values();
  let done = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
      done += 1;
      report(`${done} of ${items.length}`, done / items.length);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
};
