import * as z from "zod";
import { messageOf } from "../../recovery/errors";
import type { Database } from "../shared/database";
import { databaseFault } from "../shared/database-faults";
import { NAMED_FAULTS } from "./faulty";

export interface Queried {
  readonly answered: number;
  /** Tables that the master user, who is no superuser, may not read: whether they answer is not known. */
  readonly unreadable: number;
  readonly failed: number;
  /** The first ones that failed, with the reason. */
  readonly failures: readonly string[];
}

const TABLES_PER_PAGE = 500;

/** Asks every table for a row, page by page. A table whose file is damaged is a finding; a connection that breaks is thrown. */
export const firstQueries = async (database: Database, onTable: () => void): Promise<Queried> => {
  const queried = { answered: 0, unreadable: 0, failed: 0, failures: [] as string[] };
  for await (const { name, readable } of tablesOf(database)) {
    onTable();
    if (!readable) {
      queried.unreadable += 1;
      continue;
    }
    try {
      await database.run(`SELECT 1 FROM ${name} LIMIT 1`);
      queried.answered += 1;
    } catch (error) {
      if (databaseFault(error) !== "definite") throw error;
      queried.failed += 1;
      if (queried.failures.length < NAMED_FAULTS) queried.failures.push(`${name}: ${messageOf(error)}`);
    }
  }
  return queried;
};

const Table = z.object({ oid: z.string(), name: z.string(), readable: z.boolean() });

// Partitioned tables have no rows of their own, foreign ones are elsewhere, and schemas pg_* are the server's.
const PAGE = `SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name,
    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.oid > $1::oid
  ORDER BY c.oid LIMIT ${TABLES_PER_PAGE}`;

async function* tablesOf(database: Database): AsyncIterable<z.infer<typeof Table>> {
  let last = "0";
  for (;;) {
    const page = await database.rows(Table, PAGE, [last]);
    yield* page;
    const end = page.at(-1);
    if (end === undefined || page.length < TABLES_PER_PAGE) return;
    last = end.oid;
  }
}
