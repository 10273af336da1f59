import * as z from "zod";
import { STORES } from "../store";
import { Sha256, Window } from "./export";
import { isSeries } from "./series";

/** One locked object of the vault. The version id is part of its name: a later version under the same key is not this object. */
export const SealedObject = z.object({
  key: z.string(),
  versionId: z.string(),
  sizeBytes: z.int().nonnegative(),
  sha256: Sha256,
});
export type SealedObject = z.infer<typeof SealedObject>;

/**
 * A recovery point as the catalogue keeps it: written once by the sealing function, after every part was found in the vault,
 * matched its SHA-256 and was locked. It may be used for a restore only when a passed Proof stands beside it.
 */
export const RecoveryPoint = z.object({
  schema: z.literal("lifeboat/recovery-point/2"),
  system: z.string(),
  store: z.enum(STORES),
  /** `chroma`, `postgres`, `configuration/<subject>`: its newest usable point is the one to restore. */
  series: z.string().refine(isSeries, "a series of recovery points"),
  pointId: z.string(),
  /** All that was written to the store before this time is in the point. */
  asOf: z.iso.datetime(),
  window: Window,
  manifest: SealedObject,
  parts: z.array(SealedObject),
  /** Count at the source and count written; equal but for what was deleted meanwhile (the manifest says). */
  counts: z.object({ atSource: z.int().nonnegative(), written: z.int().nonnegative() }),
  software: z.record(z.string(), z.string()),
  lock: z.object({ mode: z.enum(["GOVERNANCE", "COMPLIANCE"]), until: z.iso.datetime() }),
  sealedAt: z.iso.datetime(),
});
export type RecoveryPoint = z.infer<typeof RecoveryPoint>;

export const Check = z.object({ name: z.string(), expected: z.string(), actual: z.string(), passed: z.boolean() });
export type Check = z.infer<typeof Check>;

/** What the verifying function saw when it read a recovery point back. Only definite results are written; a passing fault is retried. */
export const Proof = z.object({
  schema: z.literal("lifeboat/proof/2"),
  system: z.string(),
  store: z.enum(STORES),
  pointId: z.string(),
  /** SHA-256 of the catalogue entry that was verified: a proof of another entry proves nothing. */
  entrySha256: Sha256,
  verifiedAt: z.iso.datetime(),
  passed: z.boolean(),
  checks: z.array(Check),
});
export type Proof = z.infer<typeof Proof>;
