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

/** How the bytes of an archive are compressed and cut into parts. */
export type Cut = (archive: Buffer) => readonly Buffer[];

/** One frame, cut wherever a part is full: as earlier releases did. */
export const oneFrame =
  (partBytes = 150): Cut =>
  (archive) =>
    pieces(zstdCompressSync(archive), partBytes);

/** The data of `DUMPED`'s archive is behind this many of its last bytes, and some of the table of contents. */
const DATA_BYTES = 120;

/** Frames of so many bytes of the archive, some of them in a part; what stands before the data is one. */
export const inFrames =
  (frameBytes: number, framesInPart = 2): Cut =>
  (archive) => {
    const first = Math.max(0, archive.length - DATA_BYTES);
    const frames = [archive.subarray(0, first), ...pieces(archive.subarray(first), frameBytes)].map((piece) => zstdCompressSync(piece));
    return Array.from({ length: Math.ceil(frames.length / framesInPart) }, (_, part) =>
      Buffer.concat(frames.slice(part * framesInPart, (part + 1) * framesInPart)),
    );
  };

const pieces = (bytes: Buffer, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));

/** A dump of one database with this archive, in parts: its manifest and its objects by key. */
export const dumpOf = (archive: Buffer = DUMPED.archive, pointId = DUMP_POINT, cut: Cut = inFrames(100)) => {
  const objects = new Map<string, Buffer>();
  const put = (file: string, content: Buffer) => {
    const key = `postgres/${pointId}/${file}`;
    objects.set(key, content);
    return { key, sizeBytes: content.length, sha256: sha256Hex(content) };
  };
  const parts = cut(archive).map((bytes, index) => put(`databases/0000/part-${String(index).padStart(5, "0")}.zst`, bytes));
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
