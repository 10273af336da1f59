import * as z from "zod";
import { DatabasePath, DeletedCollection, ExportedCollection, Part, RecordSetDigest } from "../../recovery/chroma/manifest";
import { LifeboatError } from "../../recovery/errors";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";

/**
 * What an export keeps of its progress, in staging, beside the exports and not among them: nothing of it is replicated to the vault. Each object is
 * written once, so that a step that is called again finds what it did.
 */
export const CHECKPOINTS_PREFIX = "checkpoints/chroma/";

const folder = (pointId: string): string => `${CHECKPOINTS_PREFIX}${pointId}/`;
const numbered = (number: number): string => String(number).padStart(5, "0");
export const planKey = (pointId: string): string => `${folder(pointId)}plan.json`;
export const idsKey = (pointId: string, piece: number, sha256: string): string =>
  `${folder(pointId)}ids/${numbered(piece)}-${sha256.slice(0, 12)}.json`;
export const resultKey = (pointId: string, piece: number): string => `${folder(pointId)}pieces/${numbered(piece)}.json`;

const Count = z.int().nonnegative();

/** A collection as it was when its ids were listed. */
export const PlannedCollection = ExportedCollection.pick({
  tenant: true,
  database: true,
  name: true,
  sourceId: true,
  dimension: true,
  space: true,
  metadataJson: true,
  configurationJson: true,
  schemaJson: true,
  countAtSource: true,
}).extend({
  /** The records whose vectors the source is asked with at the end. */
  probes: z.array(z.string()),
});
export type PlannedCollection = z.infer<typeof PlannedCollection>;

/** What an export is to read: written when every id of every collection has been listed. */
export const ExportPlan = z.object({
  schema: z.literal("lifeboat/chroma-export-plan/1"),
  system: z.string(),
  pointId: z.string(),
  startedAt: z.iso.datetime(),
  serverVersion: z.string(),
  databases: z.array(DatabasePath),
  collections: z.array(PlannedCollection),
  /** Those that were deleted between the list of collections and their ids. */
  deletedCollections: z.array(DeletedCollection).default([]),
  /** The object of each piece's ids. */
  pieces: z.array(z.object({ idsKey: z.string(), records: Count })),
});
export type ExportPlan = z.infer<typeof ExportPlan>;

/** Ids of one collection, by its number in the plan. */
export const IdRange = z.object({ collection: Count, ids: z.array(z.string()) });
export type IdRange = z.infer<typeof IdRange>;
export const PieceIds = z.object({ ranges: z.array(IdRange) });

/** What of one collection a piece wrote. */
export const RangeResult = z.object({
  collection: Count,
  contentDigest: RecordSetDigest,
  embeddingsDigest: RecordSetDigest,
  parts: z.array(Part),
  /** Listed, and not answered even when it was asked for again. */
  missing: z.array(z.string()),
  /** The exported vectors of the probes among these records: little-endian float32, base64. */
  probes: z.array(z.object({ id: z.string(), embedding: z.base64() })),
});
export type RangeResult = z.infer<typeof RangeResult>;

/** A collection that was deleted at the source before the range was read. Parts of it may stand in staging; no manifest names them. */
export const DeletedRange = z.object({ collection: Count, collectionDeleted: z.literal(true) });
export type DeletedRange = z.infer<typeof DeletedRange>;

export const PieceResult = z.object({
  schema: z.literal("lifeboat/chroma-export-piece/1"),
  pointId: z.string(),
  piece: Count,
  ranges: z.array(z.union([RangeResult, DeletedRange])),
});
export type PieceResult = z.infer<typeof PieceResult>;

export const idsKeyOf = ({ pieces, pointId }: ExportPlan, piece: number): string => {
  const planned = pieces[piece];
  if (planned !== undefined) return planned.idsKey;
  throw notPlanned(pointId, `piece ${piece}`, `${pieces.length} pieces`);
};

export const plannedCollection = ({ collections, pointId }: ExportPlan, number: number): PlannedCollection => {
  const collection = collections[number];
  if (collection !== undefined) return collection;
  throw notPlanned(pointId, `collection ${number}`, `${collections.length} collections`);
};

const notPlanned = (pointId: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "internal",
    what: `The plan of the export ${pointId} has no such part`,
    received,
    allowed,
    hint: "Whoever called this step did not take its number from the plan",
  });

/** A checkpoint that must be there. Throws `internal` when it is not, or is another's. */
export const requireCheckpoint = async <T>(staging: ObjectStore, schema: z.ZodType<T>, key: string): Promise<T> => {
  const text = await getText(staging, key);
  const { value, problem } = text === undefined ? { problem: "no such object" } : readJson(schema, text);
  if (value !== undefined) return value;
  throw new LifeboatError({
    code: "internal",
    what: `The checkpoint s3://${staging.bucket}/${key} of an export cannot be used`,
    received: problem,
    allowed: "what an earlier step of the same export wrote",
    hint: "Start a new export. Staging keeps checkpoints for as long as exports: a step of an older one has nothing to go on from",
  });
};
