import * as z from "zod";
import { RecoveryId } from "../../recovery/catalogue/plan";
import { Check } from "../../recovery/catalogue/point";

/** A metadata field of a collection's records that names an object of the documents bucket. */
export const Reference = z.object({
  collection: z.string(),
  metadataField: z.string(),
  /** The field that says when the record was written: ISO 8601 text, or a number of milliseconds since 1970. */
  timeField: z.string().optional(),
});
export type Reference = z.infer<typeof Reference>;

/** `dr` calls it after the restores. */
export const ValidateEvent = z.object({
  recoveryId: RecoveryId,
  chromaUrl: z.url({ protocol: /^https?$/ }),
  documentsBucket: z.string().min(3).max(63),
  references: z.array(Reference).default([]),
});
export type ValidateEvent = z.infer<typeof ValidateEvent>;

/** A record whose object is not there. */
export const MissingReference = z.object({
  collection: z.string(),
  recordId: z.string(),
  metadataField: z.string(),
  objectKey: z.string(),
  reason: z.string(),
});
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
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  passed: z.boolean(),
  checks: z.array(Check),
  /** References that nothing explains: each is a failure. */
  brokenReferences: z.array(MissingReference),
  brokenCount: z.int().nonnegative(),
  /** References that cross the time between the stores: loss, to be indexed again. */
  lossReferences: z.array(MissingReference),
  lossCount: z.int().nonnegative(),
});
export type ValidateResponse = z.infer<typeof ValidateResponse>;
