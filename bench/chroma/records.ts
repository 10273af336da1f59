import type { ChromaRecord } from "../../recovery/chroma/record";

export const DIMENSION = 384;
const DOCUMENT_CHARACTERS = 300;
const WORDS = "the cause of a loss is rarely what was feared first and a copy that nobody has read back is only a hope".split(" ");

/** mulberry32: the same collection in each run. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** A record with 300 characters of text and five fields of metadata, as retrieval systems keep them. */
export const recordAt = (index: number): ChromaRecord => {
  const random = randomFrom(index + 1);
  const embedding = Float32Array.from({ length: DIMENSION }, () => random() * 2 - 1);
  const words = Array.from({ length: DOCUMENT_CHARACTERS / 4 }, () => WORDS[Math.floor(random() * WORDS.length)]);
  return {
    id: `record-${String(index).padStart(9, "0")}`,
    embedding,
    document: words.join(" ").slice(0, DOCUMENT_CHARACTERS),
    metadata: JSON.stringify({
      source: `https://example.com/documents/${Math.floor(random() * 1e6)}`,
      chunk: index % 40,
      score: random(),
      language: index % 3 === 0 ? "de" : "en",
      public: index % 2 === 0,
    }),
    uri: null,
  };
};

export function* recordBatches(count: number, batchRows: number): Generator<ChromaRecord[]> {
  for (let start = 0; start < count; start += batchRows)
    yield Array.from({ length: Math.min(batchRows, count - start) }, (_, row) => recordAt(start + row));
}
