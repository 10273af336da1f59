import * as z from "zod";
import { RecoveryId } from "../../recovery/catalogue/plan";
import { Check } from "../../recovery/catalogue/point";
import { DatabaseEndpoint } from "../../recovery/catalogue/standing";

/** A metadata field of a collection's records that names an object of the documents bucket. */
export const CollectionReference = z.object({
  collection: z.string(),
  metadataField: z.string(),
  /** The field that says when the record was written: ISO 8601 text, or a number of milliseconds since 1970. */
  timeField: z.string().optional(),
});
export type CollectionReference = z.infer<typeof CollectionReference>;

const ReferenceTarget = z.union([z.literal("documents"), z.object({ collection: z.string() })]);

/** A column of a table or view that names objects of the documents bucket, or records of a collection. */
export const TableReference = z.object({
  /** As SQL names it: with its schema, unless that is on the search path. */
  table: z.string().min(1),
  column: z.string().min(1),
  /** The column that says when the row was written: a time, ISO 8601 text, or a number of milliseconds since 1970. Without a zone it is UTC. */
  timeColumn: z.string().min(1).optional(),
  to: ReferenceTarget,
});
export type TableReference = z.infer<typeof TableReference>;

export const Reference = z.union([CollectionReference, TableReference]);
export type Reference = z.infer<typeof Reference>;

/** `dr` calls it after the restores. */
export const ValidateEvent = z.object({
  recoveryId: RecoveryId,
  chromaUrl: z.url({ protocol: /^https?$/ }),
  documentsBucket: z.string().min(3).max(63),
  /** The restored database, when the plan has one. */
  postgres: DatabaseEndpoint.optional(),
  references: z.array(Reference).default([]),
});
export type ValidateEvent = z.infer<typeof ValidateEvent>;

/** A record whose object is not there. */
const MissingObject = z.object({
  collection: z.string(),
  recordId: z.string(),
  metadataField: z.string(),
  objectKey: z.string(),
  reason: z.string(),
});

/** A row whose object or vector is not there. */
const MissingTarget = z.object({
  table: z.string(),
  /** The row's primary key; what it points to, where the table has none. */
  row: z.string(),
  column: z.string(),
  to: ReferenceTarget,
  /** The object's key or the vector's id. */
  key: z.string(),
  reason: z.string(),
});

export const MissingReference = z.union([MissingObject, MissingTarget]);
export type MissingReference = z.infer<typeof MissingReference>;

/** How many missing references of a kind an answer lists; counts are complete. Lambda's answers end at 6 MB. */
export const LISTED_REFERENCES = 1000;

/** Also what is kept in the catalogue, and what a cut-over asks for. */
export const ValidateResponse = z.object({
  schema: z.literal("lifeboat/validation/1"),
  system: z.string(),
  recoveryId: z.string(),
  chromaUrl: z.string(),
  documentsBucket: z.string(),
  postgres: DatabaseEndpoint.optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  passed: z.boolean(),
  checks: z.array(Check),
  /** References that nothing explains: each is a failure. */
  brokenReferences: z.array(MissingReference),
  brokenCount: z.int().nonnegative(),
  /** References that cross the time between the stores, or to documents that an unfinished backfill had not brought: loss. */
  lossReferences: z.array(MissingReference),
  lossCount: z.int().nonnegative(),
});
export type ValidateResponse = z.infer<typeof ValidateResponse>;
