import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePart } from "../../lambdas/chroma/parquet";
import { canonicalRecord } from "../../recovery/chroma/record";
import { oddRecords } from "../support/chroma-data";
import { type DuckDb, ensureDuckDb, query } from "../support/duckdb";

let duckDb: DuckDb;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lifeboat-parts-"));
  duckDb = await ensureDuckDb();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("DuckDB reads what a part holds: every id, number, text and null", async () => {
  const records = oddRecords(300, 24, 7).map(canonicalRecord);
  const nothing = { id: "nothing", embedding: null, document: null, metadata: null, uri: null };
  const file = join(directory, "part-00000.parquet");
  await writeFile(file, encodePart([...records, nothing]));

  const rows = await query(duckDb, `SELECT id, embedding, document, metadata, uri FROM '${file}'`);
  const types = await query(duckDb, `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${file}')`);

  // A float32 is written as the double that it is.
  const expected = records.map(({ id, embedding, document, metadata, uri }) => [id, [...(embedding ?? [])], document, metadata, uri]);
  expect(rows).toEqual([...expected, ["nothing", null, null, null, null]]);
  expect(types).toEqual([
    ["id", "VARCHAR"],
    ["embedding", "FLOAT[]"],
    ["document", "VARCHAR"],
    ["metadata", "VARCHAR"],
    ["uri", "VARCHAR"],
  ]);
});
