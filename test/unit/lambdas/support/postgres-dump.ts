import { zstdCompressSync } from "node:zlib";
import { sha256Hex } from "../../../../recovery/checksum";
import type { PostgresDump } from "../../../../recovery/postgres/dump-manifest";
import { type ArchiveTable, pgArchive } from "./pg-archive";

export const DUMP_POINT = "postgres-20261124T100000Z-1a2b";

const tables: readonly ArchiveTable[] = [
  { oid: 16_400, schema: "public", name: "orders", rows: ["1\tfirst", "2\tsecond"] },
  { oid: 16_410, schema: "sales", name: "order lines", rows: [] },
];
const largeObjects = new Map([[17_000, "a picture"]]);

/** A database's archive, and what was counted of it. */
export const DUMPED = { tables, largeObjects, archive: pgArchive(tables, { extensions: ["pgcrypto"], largeObjects }) };

export const ROLES = "CREATE ROLE shop;\nALTER ROLE shop WITH LOGIN;\nCREATE ROLE reader;\nALTER ROLE reader WITH NOLOGIN;\n";

/** A dump of one database with this archive, in parts: its manifest and its objects by key. */
export const dumpOf = (archive: Buffer = DUMPED.archive, pointId = DUMP_POINT, partBytes = 150) => {
  const objects = new Map<string, Buffer>();
  const put = (file: string, content: Buffer) => {
    const key = `postgres/${pointId}/${file}`;
    objects.set(key, content);
    return { key, sizeBytes: content.length, sha256: sha256Hex(content) };
  };
  const compressed = zstdCompressSync(archive);
  const parts = [];
  for (let at = 0; at < compressed.length; at += partBytes)
    parts.push(put(`databases/0000/part-${String(parts.length).padStart(5, "0")}.zst`, compressed.subarray(at, at + partBytes)));
  const dump: PostgresDump = {
    schema: "lifeboat/postgres-dump/1",
    system: "acme",
    pointId,
    window: { startedAt: "2026-11-24T10:00:00.000Z", finishedAt: "2026-11-24T10:05:00.000Z" },
    server: { version: "15.14" },
    client: { version: "15.14" },
    format: { name: "pg_dump custom", compression: "zstd" },
    excluded: ["template0", "template1"],
    roles: { roles: 2, ...put("roles.sql", Buffer.from(ROLES)) },
    databases: [
      {
        database: {
          ...{ oid: 16_384, name: "shop", owner: "shop", encoding: "UTF8", collate: "C", largeObjects: 1, sequences: 1 },
          extensions: [{ name: "pgcrypto", version: "1.3", schema: "public" }],
        },
        snapshot: { id: "00000003-0000001B-1", takenAt: "2026-11-24T10:00:01.000Z", lsn: "0/1A2B3C4" },
        tables: tables.map(({ oid, schema, name, rows }) => ({ oid, schema, name, rows: rows.length })),
        toc: { entries: 4, ...put("databases/0000/toc.txt", Buffer.from(";\n;     TOC Entries: 4\n;\n")) },
        parts,
      },
    ],
  };
  return { dump, objects };
};
