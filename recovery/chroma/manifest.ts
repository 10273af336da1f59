import * as z from "zod";

/** SHA-256, lower-case hex. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** SetDigest.hex(): `<count>-<sum>`. */
export const RecordSetDigest = z.string().regex(/^\d+-[0-9a-f]{64}$/);
const Count = z.int().nonnegative();

/** One object of an export. `key` is complete, from the bucket's root. */
export const Part = z.object({ key: z.string(), rows: Count, sizeBytes: Count, sha256: Sha256 });
export type Part = z.infer<typeof Part>;

/** One collection as exported. JSON texts are the server's own, so that no number changes its type. */
export const ExportedCollection = z.object({
  tenant: z.string(),
  database: z.string(),
  name: z.string(),
  /** The source's id; a restored collection has another one: Chroma chooses it. */
  sourceId: z.string(),
  dimension: z.int().positive().nullable(),
  space: z.enum(["l2", "cosine", "ip"]),
  metadataJson: z.string().nullable(),
  configurationJson: z.string(),
  schemaJson: z.string().nullable(),
  /** count() at the source when the ids were listed. */
  countAtSource: Count,
  /** Records deleted at the source between the listing and the reading; they are no part of the point. */
  deletedMeanwhile: Count,
  countWritten: Count,
  contentDigest: RecordSetDigest,
  embeddingsDigest: RecordSetDigest,
  parts: z.array(Part),
});
export type ExportedCollection = z.infer<typeof ExportedCollection>;

/** The manifest of a Chroma export: written last, once. A point without it does not exist. */
export const ChromaManifest = z.object({
  schema: z.literal("lifeboat/chroma-export/1"),
  system: z.string(),
  pointId: z.string(),
  /** Not a snapshot: content is what the server held at some time inside this window. What was written after `startedAt` may be missing. */
  window: z.object({ startedAt: z.iso.datetime(), finishedAt: z.iso.datetime() }),
  source: z.object({ serverVersion: z.string() }),
  format: z.object({ name: z.literal("parquet"), compression: z.string() }),
  collections: z.array(ExportedCollection),
});
export type ChromaManifest = z.infer<typeof ChromaManifest>;

export const manifestKey = (pointId: string): string => `chroma/${pointId}/manifest.json`;
export const partKey = (pointId: string, collection: number, part: number): string =>
  `chroma/${pointId}/collections/${String(collection).padStart(4, "0")}/part-${String(part).padStart(5, "0")}.parquet`;

/** The point that an export's object belongs to; undefined for any other key. */
export const pointIdOfKey = (key: string): string | undefined => /^chroma\/([^/]+)\//.exec(key)?.[1];

export const allParts = (manifest: ChromaManifest): readonly Part[] => manifest.collections.flatMap((collection) => collection.parts);
