import { sha256Hex } from "../../recovery/checksum";
import { canonicalJson, type RowContent, rowDigest, rowsDigest } from "../../recovery/evidence/digest";
import { type DocumentVersion, fingerprintOf, SUMMARIES } from "./document";

export type TransactionKind = "load" | "put" | "delete";

/** The rows of one version of a document, as one transaction writes them. */
export interface DocumentRows {
  readonly key: string;
  /** 0 makes the document; any other replaces the revision before. */
  readonly revision: number;
  readonly document: RowContent;
  readonly chunks: readonly RowContent[];
  readonly references: readonly RowContent[];
  /** Of all these rows together. */
  readonly digest: string;
}

/** What is done whole or not at all: one row of `commits`, and all rows of the documents that it writes or deletes. */
export interface Transaction {
  readonly number: number;
  readonly commit: RowContent;
  readonly commitDigest: string;
  readonly puts: readonly DocumentRows[];
  readonly deletes: readonly string[];
}

export interface TransactionFacts {
  /** Never used before. */
  readonly number: number;
  readonly kind: TransactionKind;
  readonly sentAt: Date;
  readonly versions?: readonly DocumentVersion[];
  readonly deletes?: readonly string[];
}

export const transactionOf = ({ number, kind, sentAt, versions = [], deletes = [] }: TransactionFacts): Transaction => {
  const puts = versions.map((version) => rowsOf(version, number));
  const changes = [...puts.map(({ key, digest }) => [key, digest]), ...deletes.map((key) => [key, null])];
  const commit: RowContent = {
    table: "commits",
    columns: {
      number: String(number),
      kind,
      document_key: kind === "load" ? null : (puts[0]?.key ?? deletes[0] ?? null),
      digest: sha256Hex(JSON.stringify(changes)),
      sent_at: timestamp(sentAt),
    },
  };
  return { number, commit, commitDigest: rowsDigest([rowDigest(commit)]), puts, deletes };
};

const rowsOf = (version: DocumentVersion, number: number): DocumentRows => {
  const { key, revision, body, chunks, summary, writtenAt } = version;
  const commit = { commit_number: String(number) };
  const document: RowContent = {
    table: "documents",
    columns: {
      key,
      revision: String(revision),
      sha256: sha256Hex(body),
      size_bytes: String(body.byteLength),
      weight: weightOf(version),
      metadata: canonicalJson(metadataOf(version)),
      written_at: timestamp(writtenAt),
      ...commit,
    },
  };
  const chunkRows = chunks.map(
    ({ id, document: content }, ordinal): RowContent => ({
      table: "chunks",
      columns: { ordinal: String(ordinal), content, vector_id: id, ...commit },
    }),
  );
  const references: readonly RowContent[] = [
    { table: "document_references", columns: { store: "objects", collection: null, key, ...commit } },
    { table: "document_references", columns: { store: "chroma", collection: SUMMARIES, key: summary.id, ...commit } },
  ];
  const digest = rowsDigest([document, ...chunkRows, ...references].map(rowDigest));
  return { key, revision, document, chunks: chunkRows, references, digest };
};

/** PostgreSQL keeps microseconds, and this is how it is asked for them. */
const timestamp = (time: Date): string => time.toISOString().replace("Z", "000Z");

/** More digits than a double holds, and zeros at the end: numeric keeps both. */
const weightOf = ({ body, revision }: DocumentVersion): string => `${fingerprintOf(body)}.${String(revision).padStart(3, "0")}1230`;

/** Numbers and texts that do not come through a careless path: a whole float, an integer above 2^53, zeros at the end, other scripts. */
const metadataOf = ({ key, body, chunks }: DocumentVersion): string => {
  const texts = { key, title: chunks[0]?.document.split("\n", 1)[0] ?? "", label: 'Ключ "日本" 😀 \u0001\\', tags: ["é", "", null, true] };
  const numbers = `"whole":1.0,"large":${fingerprintOf(body)},"tenths":0.10,"nested":{"deep":[1,2.50,-3]}`;
  return `${JSON.stringify(texts).slice(0, -1)},${numbers}}`;
};
