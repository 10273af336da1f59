import { encodePart } from "../../../../lambdas/chroma/parquet";
import { sha256Hex } from "../../../../recovery/checksum";
import { type ChromaManifest, manifestKey, partKey } from "../../../../recovery/chroma/manifest";
import { type ChromaRecord, CollectionDigest } from "../../../../recovery/chroma/record";

export const SYSTEM = "acme";

export const recordOf = (id: string, metadata: Readonly<Record<string, unknown>> | null = null): ChromaRecord => ({
  id,
  embedding: Float32Array.from([0.25, -1, 3]),
  document: `text of ${id}`,
  metadata: metadata === null ? null : JSON.stringify(metadata),
  uri: null,
});

export interface ExportedPoint {
  readonly pointId: string;
  readonly manifest: ChromaManifest;
  /** In the order of an export: parts first, the manifest last. */
  readonly objects: readonly { readonly key: string; readonly body: Uint8Array | string }[];
}

/** A whole export of one collection, in parts of two records, as the exporting function writes it. */
export const exportedPoint = (
  pointId: string,
  records: readonly ChromaRecord[],
  { startedAt = "2026-11-24T10:00:00.000Z", finishedAt = "2026-11-24T10:00:20.000Z" } = {},
): ExportedPoint => {
  const digest = new CollectionDigest();
  const parts = [];
  for (let start = 0; start < records.length; start += 2) {
    const rows = records.slice(start, start + 2);
    for (const record of rows) digest.add(record);
    const body = encodePart(rows);
    const sha256 = sha256Hex(body);
    const key = partKey(pointId, { collection: 0, piece: 0, part: parts.length }, sha256);
    parts.push({ key, rows: rows.length, sizeBytes: body.byteLength, sha256, body });
  }
  const manifest: ChromaManifest = {
    schema: "lifeboat/chroma-export/2",
    system: SYSTEM,
    pointId,
    window: { startedAt, finishedAt },
    source: { serverVersion: "1.0.0" },
    format: { name: "parquet", compression: "zstd" },
    databases: [{ tenant: "default_tenant", database: "default_database" }],
    collections: [
      {
        tenant: "default_tenant",
        database: "default_database",
        name: "chunks",
        sourceId: "7c1d",
        dimension: 3,
        space: "l2",
        metadataJson: null,
        configurationJson: "{}",
        schemaJson: null,
        countAtSource: records.length,
        deletedMeanwhile: 0,
        countWritten: records.length,
        ...digest.result(),
        parts: parts.map(({ key, rows, sizeBytes, sha256 }) => ({ key, rows, sizeBytes, sha256 })),
        probes: [],
      },
    ],
  };
  const objects = [...parts.map(({ key, body }) => ({ key, body })), { key: manifestKey(pointId), body: JSON.stringify(manifest) }];
  return { pointId, manifest, objects };
};

export const fiveRecords = ["a", "b", "c", "d", "e"].map((id) => recordOf(id));
