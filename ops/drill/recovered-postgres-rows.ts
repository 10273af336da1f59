import type { Client } from "pg";
import * as z from "zod";
import { CHUNKS } from "../../local/workload/document";
import { canonicalJson, rowDigest, rowsDigest } from "../../recovery/evidence/digest";
import { LedgerStore, type StoreKey } from "../../recovery/evidence/ledger";

/** The keys that the database gave to rows of one table. */
export interface Identifiers {
  readonly lowest: bigint;
  readonly highest: bigint;
}

/** A document with its chunks and references. */
export interface SeenDocument {
  /** Of all its rows together. */
  readonly digest: string;
  /** The transactions that its rows name, in their order: one, unless it is torn. */
  readonly commits: readonly number[];
  /** By table. */
  readonly identifiers: ReadonlyMap<string, Identifiers>;
  readonly references: readonly StoreKey[];
}

export interface SeenRows {
  /** By key. */
  readonly documents: ReadonlyMap<string, SeenDocument>;
  /** Digests by number. */
  readonly commits: ReadonlyMap<number, string>;
  /** Rows that break a constraint of their table, in words. */
  readonly faults: readonly string[];
}

const Row = z.record(z.string(), z.string().nullable());
type Row = Readonly<z.infer<typeof Row>>;

const utc = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ${column}`;

/** Every value as text: the client's own types would round numerics and jsonb. */
const QUERIES = {
  commits: `SELECT number::text, kind, document_key, digest, ${utc("sent_at")} FROM commits`,
  documents: `SELECT id::text, key, revision::text, sha256, size_bytes::text, weight::text, metadata::text, ${utc("written_at")}, commit_number::text FROM documents`,
  chunks: "SELECT id::text, document_id::text, ordinal::text, content, vector_id, commit_number::text FROM chunks",
  document_references: "SELECT id::text, document_id::text, store, collection, key, commit_number::text FROM document_references",
} as const;
type Table = keyof typeof QUERIES;

/** What no two rows of a table may share. */
const UNIQUE: Readonly<Record<Table, readonly (readonly string[])[]>> = {
  commits: [["number"]],
  documents: [["id"], ["key"]],
  chunks: [["id"], ["vector_id"], ["document_id", "ordinal"]],
  document_references: [["id"], ["document_id", "store", "key"]],
};

/** Reads the company's tables in the transaction that is open. */
export const readRows = async (client: Client): Promise<SeenRows> => {
  const faults: string[] = [];
  const commits = new Map<number, string>();
  for await (const row of rowsOf(client, "commits", faults))
    commits.set(Number(row.number), rowsDigest([rowDigest(contentOf("commits", row))]));
  const documents = new Map<string, DocumentBuilder>();
  for await (const row of rowsOf(client, "documents", faults)) {
    const document = new DocumentBuilder(row.key ?? "");
    document.add("documents", row);
    documents.set(row.id ?? "", document);
  }
  for (const table of ["chunks", "document_references"] as const) {
    for await (const row of rowsOf(client, table, faults)) {
      const document = documents.get(row.document_id ?? "");
      if (document === undefined) faults.push(`${table} ${row.id} belongs to no document: ${row.document_id}`);
      else document.add(table, row);
    }
  }
  const seen = [...documents.values()].map((document) => [document.key, document.seen()] as const);
  for (const [key, { commits: numbers }] of seen)
    for (const number of numbers) if (!commits.has(number)) faults.push(`documents ${key} names commit ${number}, which has no row`);
  return { documents: new Map(seen), commits, faults };
};

class DocumentBuilder {
  private readonly digests: string[] = [];
  private readonly numbers = new Set<number>();
  private readonly identifiers = new Map<string, Identifiers>();
  private readonly references: StoreKey[] = [];

  constructor(readonly key: string) {}

  add(table: Table, row: Row): void {
    this.digests.push(rowDigest(contentOf(table, row)));
    this.numbers.add(Number(row.commit_number));
    const id = BigInt(row.id ?? 0);
    const known = this.identifiers.get(table) ?? { lowest: id, highest: id };
    this.identifiers.set(table, { lowest: id < known.lowest ? id : known.lowest, highest: id > known.highest ? id : known.highest });
    if (table === "chunks") this.references.push({ store: "chroma", collection: CHUNKS, key: row.vector_id ?? "" });
    if (table === "document_references")
      this.references.push({ store: LedgerStore.parse(row.store), collection: row.collection ?? undefined, key: row.key ?? "" });
  }

  seen(): SeenDocument {
    return {
      digest: rowsDigest(this.digests),
      commits: [...this.numbers].sort((a, b) => a - b),
      identifiers: this.identifiers,
      references: this.references,
    };
  }
}

/** What the application wrote of a row: without the keys that the database made. */
const contentOf = (table: Table, { id: _, document_id: __, ...columns }: Row) => ({
  table,
  columns: columns.metadata == null ? columns : { ...columns, metadata: canonicalJson(columns.metadata) },
});

const ROWS_PER_FETCH = 1000;

async function* rowsOf(client: Client, table: Table, faults: string[]): AsyncGenerator<Row> {
  const seen = UNIQUE[table].map((columns) => ({ columns, values: new Set<string>() }));
  await client.query(`DECLARE seen NO SCROLL CURSOR FOR ${QUERIES[table]}`);
  for (;;) {
    const { rows } = await client.query(`FETCH ${ROWS_PER_FETCH} FROM seen`);
    for (const row of rows.map((each) => Row.parse(each))) {
      for (const { columns, values } of seen) {
        const value = JSON.stringify(columns.map((column) => row[column]));
        if (values.has(value)) faults.push(`${table} has ${columns.join(", ")} ${value} twice`);
        values.add(value);
      }
      yield row;
    }
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await client.query("CLOSE seen");
}
