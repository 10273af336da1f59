import { CHUNKS, type DocumentVersion, SUMMARIES } from "./document";
import { objectDelete, objectPut, type Recorder, transactionWrites, vectorDelete, vectorPut } from "./recorder";
import type { Target } from "./target";
import type { Transaction } from "./transaction";

/** Short, because during a disaster every operation waits for it. */
export const WRITE_TIMEOUT_MS = 2000;

/** The object first, then its vectors, then the rows, so that what is pointed to always exists. `previous` is the version that this one replaces. */
export const putDocument = async (
  recorder: Recorder,
  target: Target,
  version: DocumentVersion,
  previous?: DocumentVersion,
): Promise<void> => {
  const { key, chunks, summary } = version;
  const { region } = target.live;
  await recorder.send([objectPut(version)], region, false, () => target.putObject(key, version.body, WRITE_TIMEOUT_MS));
  const chunkWrites = chunks.map((record) => vectorPut(CHUNKS, key, record));
  await recorder.send(chunkWrites, region, false, () => target.chroma.upsert(CHUNKS, chunks, WRITE_TIMEOUT_MS));
  await recorder.send([vectorPut(SUMMARIES, key, summary)], region, false, () =>
    target.chroma.upsert(SUMMARIES, [summary], WRITE_TIMEOUT_MS),
  );
  await commit(recorder, target, recorder.transaction({ kind: "put", versions: [version] }));
  // An upsert leaves the chunks of a longer predecessor behind. The rows pointed to them until now.
  const kept = new Set(chunks.map((record) => record.id));
  await deleteVectors(
    recorder,
    target,
    CHUNKS,
    (previous?.chunks ?? []).map((record) => record.id).filter((id) => !kept.has(id)),
  );
};

/** The rows first, then the vectors, then the object. */
export const deleteDocument = async (recorder: Recorder, target: Target, { key, chunks, summary }: DocumentVersion): Promise<void> => {
  await commit(recorder, target, recorder.transaction({ kind: "delete", deletes: [key] }));
  await deleteVectors(
    recorder,
    target,
    CHUNKS,
    chunks.map((record) => record.id),
  );
  await deleteVectors(recorder, target, SUMMARIES, [summary.id]);
  await recorder.send([objectDelete(key)], target.live.region, false, () => target.deleteObject(key, WRITE_TIMEOUT_MS));
};

const commit = (recorder: Recorder, target: Target, transaction: Transaction): Promise<void> =>
  recorder.send(transactionWrites(transaction), target.live.region, false, () => target.database.commit(transaction, WRITE_TIMEOUT_MS));

const deleteVectors = (recorder: Recorder, target: Target, collection: string, ids: readonly string[]): Promise<void> =>
  recorder.send(
    ids.map((id) => vectorDelete(collection, id)),
    target.live.region,
    false,
    () => target.chroma.delete(collection, ids, WRITE_TIMEOUT_MS),
  );
