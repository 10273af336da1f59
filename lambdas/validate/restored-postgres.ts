import * as z from "zod";
import type { Database } from "../shared/database";
import type { TableReference } from "./events";
import { timeOf } from "./explain";

/** A row that points somewhere. */
export interface PointingRow {
  /** The primary key as text, its columns separated by commas; where there is none, the key that it points to. */
  readonly row: string;
  readonly key: string;
  readonly writtenAt?: Date;
}

/** The restored database, as validation asks for it. */
export interface RestoredPostgres {
  /** Whether it serves as a primary now. Throws when it does not answer. */
  isPrimary(): Promise<boolean>;
  /** Hands on the rows that point somewhere, so many at a time; false when there is no such table, view or column. */
  pointingRows(
    reference: Pick<TableReference, "table" | "column" | "timeColumn">,
    onBatch: (rows: readonly PointingRow[]) => Promise<void>,
  ): Promise<boolean>;
}

/** How many rows are in memory at a time, whatever the table holds. */
export const ROWS_PER_BATCH = 1000;

/** On a real server: one connection for each question. */
export const restoredPostgres = (open: () => Promise<Database>): RestoredPostgres => {
  const connected = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const database = await open();
    try {
      return await work(database);
    } finally {
      await database.close().catch(() => undefined);
    }
  };
  return {
    isPrimary: () =>
      connected(async (database) => {
        const [answer] = await database.rows(Primary, "SELECT NOT pg_is_in_recovery() AS is_primary");
        return answer?.is_primary === true;
      }),
    pointingRows: ({ table, column, timeColumn }, onBatch) =>
      connected(async (database) => {
        const [found] = await database.rows(Found, FIND, [table, column, timeColumn ?? null]);
        if (found === undefined || (timeColumn !== undefined && found.time === null)) return false;
        // A cursor: the server keeps the rows, and all batches are of one moment.
        await database.run("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ");
        await database.run(`DECLARE lifeboat_rows NO SCROLL CURSOR FOR ${selection(found)}`);
        for (;;) {
          const batch = await database.rows(Row, `FETCH FORWARD ${ROWS_PER_BATCH} FROM lifeboat_rows`);
          if (batch.length > 0) await onBatch(batch.map(pointing));
          if (batch.length < ROWS_PER_BATCH) break;
        }
        await database.run("ROLLBACK");
        return true;
      }),
  };
};

const Primary = z.object({ is_primary: z.boolean() });
const Found = z.object({ relation: z.string(), column: z.string(), time: z.string().nullable(), keys: z.array(z.string()).nullable() });
const Row = z.object({ row: z.string(), key: z.string(), time: z.string().nullable() });

/** The server quotes the names: what configuration says never stands in a statement. */
const FIND = `SELECT c.oid::regclass::text AS relation, format('%I', a.attname) AS column,
    (SELECT format('%I', t.attname) FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = $3 AND t.attnum > 0) AS time,
    (SELECT array_agg(format('%I', k.attname) ORDER BY k.attnum) FROM pg_index i JOIN pg_attribute k
       ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary) AS keys
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped`;

const selection = ({ relation, column, time, keys }: z.infer<typeof Found>): string => {
  const row = keys === null ? `${column}::text` : `concat_ws(',', ${keys.map((key) => `${key}::text`).join(", ")})`;
  // As JSON, because every type of time has one form there: ISO 8601.
  const written = time === null ? "NULL" : `to_jsonb(${time}) #>> '{}'`;
  return `SELECT ${row} AS row, ${column}::text AS key, ${written} AS time FROM ${relation} WHERE ${column} IS NOT NULL`;
};

const pointing = ({ row, key, time }: z.infer<typeof Row>): PointingRow => {
  const writtenAt = timeOf(time === null ? undefined : zoned(time));
  return { row, key, ...(writtenAt === undefined ? {} : { writtenAt }) };
};

const zoned = (time: string): string | number => {
  if (/^-?\d+$/.test(time)) return Number(time);
  return /T[\d:.]+$/.test(time) ? `${time}Z` : time;
};
