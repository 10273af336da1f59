import type { Client } from "pg";

/** A row of pgbench's accounts on the disk, with its header and its share of the index. */
const BYTES_PER_ROW = 145;

/** Tables as pgbench makes them: one that is nearly all of the database, and small ones beside it. */
export const loadAccounts = async (client: Client, databaseMb: number): Promise<number> => {
  const rows = Math.ceil((databaseMb * 1e6) / BYTES_PER_ROW);
  await client.query("CREATE TABLE accounts (aid bigint PRIMARY KEY, bid int NOT NULL, balance int NOT NULL, filler char(84) NOT NULL)");
  await client.query("CREATE TABLE branches (bid int PRIMARY KEY, balance int NOT NULL, filler char(88))");
  await client.query("INSERT INTO accounts SELECT n, n % 1000, (n * 7919) % 100000, '' FROM generate_series(1, $1::bigint) n", [rows]);
  await client.query("INSERT INTO branches SELECT n, 0, '' FROM generate_series(0, 999) n");
  await client.query("VACUUM ANALYZE");
  return rows;
};
