import { sha256Hex } from "../../recovery/checksum";
import type { ChromaWrite, Space } from "./chroma";
import { chunksOf } from "./corpus";
import { embed } from "./embedding";

/** The collections that the company's system keeps. */
export const CHUNKS = "chunks";
export const SUMMARIES = "summaries";
export const COLLECTIONS: Readonly<Record<typeof CHUNKS | typeof SUMMARIES, Space>> = { [CHUNKS]: "cosine", [SUMMARIES]: "l2" };

/** Only the beginning of a long text is indexed, which bounds what a load writes. */
export const MAX_CHUNKS = 6;
const SUMMARY_CHARACTERS = 200;

/** One version of a document: its bytes in S3, its vectors in Chroma, and what its rows in PostgreSQL are made of. */
export interface DocumentVersion {
  readonly key: string;
  readonly revision: number;
  readonly writtenAt: Date;
  readonly body: Uint8Array;
  readonly chunks: readonly ChromaWrite[];
  readonly summary: ChromaWrite;
}

export interface VersionFacts {
  readonly key: string;
  readonly text: string;
  /** 0 for a new document. */
  readonly revision: number;
  readonly writtenAt: Date;
}

/** A new revision says so in its first line: no two versions have the same content, so that a recovered one can be told from the others. */
export const documentVersion = ({ key, text, revision, writtenAt }: VersionFacts): DocumentVersion => {
  const content = revision === 0 ? text : `Revision ${revision}, ${writtenAt.toISOString()}\n\n${text}`;
  const body = Buffer.from(content);
  const fingerprint = fingerprintOf(body);
  const record = (id: string, document: string, chunk: number): ChromaWrite => ({
    id,
    document,
    embedding: embed(document),
    metadataJson: metadataOf({ objectKey: key, chunk, revision, fingerprint, writtenAt }),
  });
  return {
    key,
    revision,
    writtenAt,
    body,
    chunks: chunksOf(content)
      .slice(0, MAX_CHUNKS)
      .map((chunk, index) => record(`${key}#${index}`, chunk, index)),
    summary: record(key, chunksOf(content, SUMMARY_CHARACTERS)[0] ?? "", 0),
  };
};

interface MetadataFacts {
  readonly objectKey: string;
  readonly chunk: number;
  readonly revision: number;
  readonly fingerprint: bigint;
  readonly writtenAt: Date;
}

/** With a float that is whole (1.0) and an integer above 2^53: the values that a careless backup changes. */
const metadataOf = ({ objectKey, chunk, revision, fingerprint, writtenAt }: MetadataFacts): string => {
  const texts = { object_key: objectKey, written_at: writtenAt.toISOString() };
  return `${JSON.stringify(texts).slice(0, -1)},"chunk":${chunk},"revision":${revision},"weight":${weightOf(chunk)},"fingerprint":${fingerprint}}`;
};

const weightOf = (chunk: number): string => (chunk === 0 ? "1.0" : String(Number((1 / (chunk + 1)).toFixed(2))));

/** The first 62 bits of the content's SHA-256: positive in 64-bit integers, above what a double holds. */
export const fingerprintOf = (body: Uint8Array): bigint => BigInt(`0x${sha256Hex(body).slice(0, 16)}`) >> 2n;
