import * as z from "zod";
import type { Database } from "../shared/database";
import { type Faulty, NAMED_FAULTS } from "./faulty";
import { checkSequences } from "./sequences";

export const findFaults = async (database: Database): Promise<Readonly<Record<"indexes" | "constraints" | "sequences", Faulty>>> => ({
  indexes: await listed(database, INVALID_INDEXES),
  constraints: await listed(database, UNVALIDATED_CONSTRAINTS),
  sequences: await checkSequences(database),
});

const Listed = z.object({ count: z.number(), examples: z.array(z.string()).nullable() });

const listed = async (database: Database, faulty: string): Promise<Faulty> => {
  const [found] = await database.rows(
    Listed,
    `SELECT count(*)::int AS count, (array_agg(name ORDER BY name))[1:${NAMED_FAULTS}] AS examples FROM (${faulty}) AS faulty`,
  );
  return { count: found?.count ?? 0, examples: found?.examples ?? [] };
};

/** An index that was being built CONCURRENTLY at the restored time is there, and used by no query. https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY */
const INVALID_INDEXES = `SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'i' AND NOT (i.indisvalid AND i.indisready) AND n.nspname !~ '^pg_'`;

const UNVALIDATED_CONSTRAINTS = `SELECT format('%I on %s', conname, conrelid::regclass) AS name
  FROM pg_constraint WHERE NOT convalidated`;
