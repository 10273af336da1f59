import type { Check } from "../../../recovery/catalogue/point";
import type { DumpedDatabase, DumpedTable } from "../../../recovery/postgres/dump-manifest";
import type { Archive } from "../../postgres/archive/read";
import type { ArchiveEntry } from "../../postgres/archive/toc";
import { check, checkAll } from "../checks";

/** An archive against what was counted at the source, in the snapshot that it was taken of. */
export const archiveChecks = ({ database, tables, toc }: DumpedDatabase, archive: Archive): readonly Check[] => {
  const { name, extensions, largeObjects } = database;
  const withData = archive.entries.filter(({ hasData }) => hasData);
  const absent = withData.filter(({ dumpId }) => !archive.rows.has(dumpId) && !archive.largeObjects.has(dumpId));
  const found = [...archive.largeObjects.values()].reduce((total, count) => total + count, 0);
  return [
    check(`${name}: entries of the table of contents`, toc.entries, archive.entries.length),
    checkAll(`${name}: data of its entries`, withData.length, absent.map(titleOf)),
    tablesCheck(`${name}: rows of its tables`, tables, archive),
    check(`${name}: large objects`, largeObjects, found),
    checkAll(
      `${name}: extensions`,
      extensions.length,
      extensions.filter((extension) => !hasExtension(archive, extension.name)).map((extension) => `${extension.name} is not in it`),
    ),
  ];
};

const TABLE_DATA = "TABLE DATA";

/** Tables are known by their numbers: names are in the database's encoding. */
const tablesCheck = (name: string, tables: readonly DumpedTable[], { entries, rows }: Archive): Check => {
  const data = new Map(entries.filter(({ kind }) => kind === TABLE_DATA).map((entry) => [entry.oid, entry]));
  const counted = new Set(tables.map(({ oid }) => oid));
  const uncounted = [...data.values()].filter(({ oid }) => !counted.has(oid));
  const differing = tables.flatMap((table) => {
    const entry = data.get(table.oid);
    const held = entry === undefined ? undefined : rows.get(entry.dumpId);
    if (held === undefined) return [`${table.schema}.${table.name} has no data in it`];
    return held === table.rows ? [] : [`${table.schema}.${table.name} has ${held} rows, not ${table.rows}`];
  });
  const problems = [...differing, ...uncounted.map((entry) => `${titleOf(entry)} was not counted at the source`)];
  return checkAll(name, tables.length + uncounted.length, problems);
};

const titleOf = ({ kind, schema, name }: ArchiveEntry): string => `${kind} ${schema === "" ? "" : `${schema}.`}${name}`;

const hasExtension = ({ entries }: Archive, name: string): boolean =>
  entries.some((entry) => entry.kind === "EXTENSION" && entry.name === name);
