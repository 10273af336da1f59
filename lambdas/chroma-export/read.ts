import { type ChromaRecord, canonicalRecord, embeddingBytes } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import { recordBytes } from "../chroma/batches";
import type { ChromaClient, ChromaContent, ChromaEmbedding, EmbeddingsAnswer } from "../chroma/client";

export type WholeSource = Pick<ChromaClient, "contents" | "embeddings" | "rest">;

/** A record that is overwritten faster than it can be read this often in a row is no record of any time. */
const READ_ATTEMPTS = 10;

/** What a write is given to get from SQLite into the index. Nothing tells how long that takes: a margin over the milliseconds of an idle server, not a bound. */
const REST_MS = 250;

/** Told what some records weigh, in bytes, before the rest begins: what is to be asked next need not wait for its end. */
export type Weigh = (records: number, bytes: number) => void;

/**
 * Records as they were at one time. A `get` is not atomic: the server reads contents from SQLite and then the embeddings from its index, one after
 * the other, and a write between the two gives a record with the text of one version and the vector of another (with 1.5.9: 584 of 204,000 records
 * under a writer in a loop), https://github.com/chroma-core/chroma/blob/1.5.9/rust/frontend/src/executor/local.rs
 * So contents are read by themselves, between two readings of the embeddings; a record whose embedding moved is read again. The server commits a write
 * to SQLite and brings it into the index after that, and no reading waits for it
 * (https://github.com/chroma-core/chroma/blob/1.5.9/rust/log/src/local_compaction_manager.rs): contents that were read just then are newer than an
 * embedding which stands still for a moment more (a drill on a busy machine restored 1 of 4,691 vectors that was not its text's, without a rest). So
 * the second reading comes after a rest, when the index has what SQLite had. What stays unseen is an embedding that was changed and changed back to the
 * last bit, and an index that is further behind than the rest.
 * Embeddings bracket contents, not the other way round: those would not move any more, and they cost the server twice as much.
 * What is not answered is asked for once more.
 */
export const readWhole = async (
  client: WholeSource,
  collectionId: string,
  ids: readonly string[],
  weigh: Weigh,
): Promise<ChromaRecord[]> => {
  const whole: ChromaRecord[] = [];
  let waiting = ids;
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
    const before = await client.embeddings(collectionId, waiting);
    const contents = await client.contents(collectionId, waiting);
    weigh(contents.length, before.sizeBytes + contents.reduce((sum, content) => sum + recordBytes({ ...content, embedding: null }), 0));
    // Ever shorter: a record that is overwritten several times a second would never stand still for the whole of it.
    await client.rest(REST_MS / 2 ** (attempt - 1));
    const after = await client.embeddings(collectionId, waiting);
    const { records, moved } = unmoved(before, contents, after);
    whole.push(...records);
    const missing = attempt === 1 ? idsBeside(waiting, records, moved) : [];
    waiting = [...moved, ...missing];
    if (waiting.length === 0) return whole;
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: "Records are overwritten faster than they can be read",
    received: `${waiting.length} records that changed at each of ${READ_ATTEMPTS} readings, the first is ${JSON.stringify(waiting[0])}`,
    allowed: "records that stand still for one reading, some milliseconds at last",
    hint: "It is tried again at the next run; if it fails each time, find who writes these records in a loop",
  });
};

/** The records whose embedding stood still while their contents were read, and the ids of those whose embedding moved. */
const unmoved = (before: EmbeddingsAnswer, contents: readonly ChromaContent[], after: EmbeddingsAnswer) => {
  const moving = movedBetween(before, after);
  const embeddings = byId(after.rows());
  const records: ChromaRecord[] = [];
  const moved: string[] = [];
  for (const content of contents) {
    const found = embeddings.get(content.id);
    if (found === undefined) continue;
    if (moving.has(content.id)) moved.push(content.id);
    else records.push({ ...canonicalRecord(content), embedding: found.embedding });
  }
  return { records, moved };
};

const idsBeside = (ids: readonly string[], records: readonly ChromaRecord[], others: readonly string[]): readonly string[] => {
  if (records.length + others.length === ids.length) return [];
  const known = new Set([...records.map(({ id }) => id), ...others]);
  return ids.filter((id) => !known.has(id));
};

/** Ids of the later answer whose embedding the earlier one has not. Answers that are equal byte by byte, nearly all, need no reading. */
const movedBetween = (before: EmbeddingsAnswer, after: EmbeddingsAnswer): ReadonlySet<string> => {
  if (before.equals(after)) return new Set();
  const earlier = byId(before.rows());
  const moved = after.rows().filter(({ id, embedding }) => !sameEmbedding(earlier.get(id), embedding));
  return new Set(moved.map(({ id }) => id));
};

const sameEmbedding = (known: ChromaEmbedding | undefined, embedding: ChromaRecord["embedding"]): boolean => {
  if (known === undefined || (known.embedding === null) !== (embedding === null)) return false;
  return Buffer.compare(embeddingBytes(known.embedding), embeddingBytes(embedding)) === 0;
};

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));
