import type { Client, QueryResult } from "pg";
import type { RowContent } from "../../recovery/evidence/digest";
import { type DatabaseAccess, DatabaseConnection, UnexpectedAnswer } from "./connection";
import { SCHEMA, TABLES, type Table } from "./schema";
import type { DocumentRows, Transaction } from "./transaction";

/** The few things that an application asks of its database. Every call fails after its time-out. */
export interface DatabaseWriter {
  /** Refused where there are tables already: what another workload wrote could not be told from what this one writes. */
  createSchema(timeoutMs: number): Promise<void>;
  commit(transaction: Transaction, timeoutMs: number): Promise<void>;
  close(): void;
}

export type DatabaseFactory = (access: DatabaseAccess) => DatabaseWriter;

export const databaseOverTls: DatabaseFactory = (access) => {
  const connection = new DatabaseConnection(access);
  return {
    createSchema: (timeoutMs) => connection.transaction(async (client) => void (await client.query(SCHEMA)), timeoutMs),
    commit: (transaction, timeoutMs) => connection.transaction((client) => apply(client, transaction), timeoutMs),
    close: () => connection.close(),
  };
};

const apply = async (client: Client, { commit, puts, deletes }: Transaction): Promise<void> => {
  await insert(client, "commits", [commit]);
  if (deletes.length > 0) {
    changed(await client.query("DELETE FROM documents WHERE key = ANY($1::text[])", [deletes]), deletes.length);
  }
  if (puts.length === 0) return;
  const ids = new Map([
    ...(await create(
      client,
      puts.filter(({ revision }) => revision === 0),
    )),
    ...(await replace(
      client,
      puts.filter(({ revision }) => revision > 0),
    )),
  ]);
  const owned = (rows: (put: DocumentRows) => readonly RowContent[]): readonly RowContent[] =>
    puts.flatMap((put) =>
      rows(put).map(({ table, columns }) => ({ table, columns: { document_id: ids.get(put.key) ?? null, ...columns } })),
    );
  await insert(
    client,
    "chunks",
    owned(({ chunks }) => chunks),
  );
  await insert(
    client,
    "document_references",
    owned(({ references }) => references),
  );
};

type Ids = readonly (readonly [key: string, id: string])[];

const create = async (client: Client, puts: readonly DocumentRows[]): Promise<Ids> => {
  if (puts.length === 0) return [];
  const { names, source, values } = unnested(
    "documents",
    puts.map(({ document }) => document),
  );
  return idsOf(
    await client.query(`INSERT INTO documents (${names.join(", ")}) SELECT ${names.join(", ")} FROM ${source} RETURNING key, id`, values),
    puts.length,
  );
};

/** Only the revision before is replaced: anything else there means that another writer is at work. */
const replace = async (client: Client, puts: readonly DocumentRows[]): Promise<Ids> => {
  if (puts.length === 0) return [];
  const { names, source, values } = unnested(
    "documents",
    puts.map(({ document }) => document),
  );
  const ids = idsOf(
    await client.query(
      `UPDATE documents SET ${names.map((name) => `${name} = given.${name}`).join(", ")} FROM ${source}
       WHERE documents.key = given.key AND documents.revision = given.revision - 1 RETURNING documents.key, documents.id`,
      values,
    ),
    puts.length,
  );
  const replaced = [ids.map(([, id]) => id)];
  for (const table of ["chunks", "document_references"])
    await client.query(`DELETE FROM ${table} WHERE document_id = ANY($1::bigint[])`, replaced);
  return ids;
};

const insert = async (client: Client, table: Table, rows: readonly RowContent[]): Promise<void> => {
  if (rows.length === 0) return;
  const { names, source, values } = unnested(table, rows);
  changed(await client.query(`INSERT INTO ${table} (${names.join(", ")}) SELECT ${names.join(", ")} FROM ${source}`, values), rows.length);
};

/** Rows as one array a column: one statement takes any number of them. */
const unnested = (table: Table, rows: readonly RowContent[]) => {
  const types = Object.entries(TABLES[table]);
  const names = types.map(([name]) => name);
  return {
    names,
    source: `unnest(${types.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ")}) AS given (${names.join(", ")})`,
    values: names.map((name) => rows.map(({ columns }) => columns[name] ?? null)),
  };
};

const idsOf = (result: QueryResult<{ key: string; id: string }>, expected: number): Ids =>
  changed(result, expected).rows.map(({ key, id }) => [key, id]);

/** Thrown inside the transaction, so that nothing of it is done. */
const changed = <T extends QueryResult>(result: T, expected: number): T => {
  if (result.rowCount === expected) return result;
  throw new UnexpectedAnswer(
    `${result.command} changed ${result.rowCount} rows instead of ${expected}: another writer is at work on these documents`,
  );
};
