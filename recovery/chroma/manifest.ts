import * as z from "zod";
import { type ExportKind, ExportPart, exportManifestKey, exportPrefix, Window } from "../catalogue/export";

/** SetDigest.hex(): `<count>-<sum>`. */
export const RecordSetDigest = z.string().regex(/^\d+-[0-9a-f]{64}$/);
const Count = z.int().nonnegative();

export const Part = ExportPart.extend({ rows: Count });
export type Part = z.infer<typeof Part>;

/**
 * One question and its answer: the nearest neighbours of a record's own vector, as the source's index found them. Approximate, as every answer of
 * an HNSW index is, and as of the end of the window.
 */
export const Probe = z.object({
  /** The record whose exported vector was asked with. */
  id: z.string(),
  /** Nearest first; distances as the server computed them. */
  answer: z.array(z.object({ id: z.string(), distance: z.number() })),
});
export type Probe = z.infer<typeof Probe>;

/** A database by its path: names repeat in another tenant. */
export const DatabasePath = z.object({ tenant: z.string(), database: z.string() });
export type DatabasePath = z.infer<typeof DatabasePath>;

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
  probes: z.array(Probe),
});
export type ExportedCollection = z.infer<typeof ExportedCollection>;

/** A collection that was deleted at the source, by itself or with its database, before the export had read all of it. Nothing of it is in the point. */
export const DeletedCollection = ExportedCollection.pick({ tenant: true, database: true, name: true, sourceId: true }).extend({
  /** null when it was deleted before its ids were listed. */
  countAtSource: Count.nullable(),
});
export type DeletedCollection = z.infer<typeof DeletedCollection>;

/** The manifest of a Chroma export: written last, once. A point without it does not exist. */
export const ChromaManifest = z.object({
  schema: z.literal("lifeboat/chroma-export/2"),
  system: z.string(),
  pointId: z.string(),
  /** Not a snapshot: content is what the server held at some time inside this window. What was written after `startedAt` may be missing. */
  window: Window,
  source: z.object({ serverVersion: z.string() }),
  format: z.object({ name: z.literal("parquet"), compression: z.string() }),
  /** Every database of the configured tenants, with collections or without. */
  databases: z.array(DatabasePath),
  collections: z.array(ExportedCollection),
  /** Absent where none was: those that a restore does not bring back, and why. */
  deletedCollections: z.array(DeletedCollection).optional(),
});
export type ChromaManifest = z.infer<typeof ChromaManifest>;

const PREFIX = "chroma/";
export const manifestKey = (pointId: string): string => exportManifestKey({ prefix: PREFIX }, pointId);

/** Where a part stands: its collection's number in the export's plan, the piece of the export that wrote it, and its number in there. */
export interface PartPlace {
  readonly collection: number;
  readonly piece: number;
  readonly part: number;
}

/**
 * A part's key ends with its content's digest: a piece that is exported again after it was cut finds its own parts, and where records changed
 * meanwhile it writes others beside them. Only what the manifest lists counts.
 */
export const partKey = (pointId: string, { collection, piece, part }: PartPlace, sha256: string): string => {
  const folder = `collections/${String(collection).padStart(4, "0")}`;
  const name = `part-${String(piece).padStart(5, "0")}-${String(part).padStart(4, "0")}-${sha256.slice(0, 12)}`;
  return `${exportPrefix({ prefix: PREFIX }, pointId)}${folder}/${name}.parquet`;
};

/** Of an export in which no collection was deleted, none. */
export const deletedMeanwhile = (manifest: ChromaManifest): readonly DeletedCollection[] => manifest.deletedCollections ?? [];

export const allParts = (manifest: ChromaManifest): readonly Part[] => manifest.collections.flatMap((collection) => collection.parts);

/** A collection as people read it: with its database, because names repeat. */
export const collectionName = ({ tenant, database, name }: Pick<ExportedCollection, "tenant" | "database" | "name">): string =>
  `${tenant}/${database}/${name}`;

const sum = (manifest: ChromaManifest, count: (collection: ExportedCollection) => number): number =>
  manifest.collections.reduce((total, collection) => total + count(collection), 0);

/** Exports of every collection of a Chroma server. */
export const CHROMA_EXPORT: ExportKind = {
  store: "chroma",
  prefix: PREFIX,
  facts: (manifestText) => {
    const manifest = ChromaManifest.parse(JSON.parse(manifestText));
    return {
      system: manifest.system,
      store: "chroma",
      series: "chroma",
      pointId: manifest.pointId,
      // An export is no snapshot: only what was written before its window opened is in it for certain.
      asOf: manifest.window.startedAt,
      window: manifest.window,
      parts: allParts(manifest),
      counts: {
        atSource: sum(manifest, (collection) => collection.countAtSource),
        written: sum(manifest, (collection) => collection.countWritten),
      },
      software: { chroma: manifest.source.serverVersion },
      contradictions: [...manifest.collections.flatMap(contradictionsOf), ...strayCollections(manifest), ...undeletedCollections(manifest)],
    };
  },
};

const strayCollections = ({ databases, collections }: ChromaManifest): readonly string[] => {
  const known = new Set(databases.map(({ tenant, database }) => JSON.stringify([tenant, database])));
  return collections.flatMap(({ tenant, database, name }) =>
    known.has(JSON.stringify([tenant, database])) ? [] : [`${name}: its database ${tenant}/${database} is not listed`],
  );
};

const undeletedCollections = (manifest: ChromaManifest): readonly string[] => {
  const exported = new Set(manifest.collections.map(({ sourceId }) => sourceId));
  return deletedMeanwhile(manifest).flatMap((deleted) =>
    exported.has(deleted.sourceId) ? [`${collectionName(deleted)}: exported, and deleted before it was read`] : [],
  );
};

/** What was read must be what the source counted, but for what was deleted meanwhile; and each count in the manifest must agree with the others. */
const contradictionsOf = (collection: ExportedCollection): readonly string[] => {
  const name = collectionName(collection);
  const { countAtSource, deletedMeanwhile, countWritten, parts } = collection;
  const rows = parts.reduce((total, part) => total + part.rows, 0);
  const digested = [collection.contentDigest, collection.embeddingsDigest].map((digest) => Number(digest.split("-")[0]));
  return [
    countWritten + deletedMeanwhile === countAtSource
      ? ""
      : `${name}: ${countWritten} written + ${deletedMeanwhile} deleted meanwhile, ${countAtSource} at the source`,
    rows === countWritten ? "" : `${name}: ${rows} rows in its parts, ${countWritten} written`,
    digested.every((count) => count === countWritten)
      ? ""
      : `${name}: digests of ${digested.join(" and ")} records, ${countWritten} written`,
  ].filter((failure) => failure !== "");
};
