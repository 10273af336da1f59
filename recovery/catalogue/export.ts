import * as z from "zod";
import type { Store } from "../store";
import type { Series } from "./series";

/** SHA-256, lower-case hex. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One object of an export, as its manifest lists it. `key` is complete, from the bucket's root. */
export const ExportPart = z.object({ key: z.string(), sizeBytes: z.int().nonnegative(), sha256: Sha256 });
export type ExportPart = z.infer<typeof ExportPart>;

/** The window in which an export was taken. What was written after `startedAt` may be missing from it, unless it is a snapshot. */
export const Window = z.object({ startedAt: z.iso.datetime(), finishedAt: z.iso.datetime() });
export type Window = z.infer<typeof Window>;

/** What sealing and proving need to know of an export, whatever store it is of: its manifest without its content. */
export interface ExportFacts {
  readonly system: string;
  readonly store: Store;
  readonly series: Series;
  readonly pointId: string;
  /** All that was written to the store before this time is in the export. */
  readonly asOf: string;
  readonly window: Window;
  readonly parts: readonly ExportPart[];
  /** Counted at the source, and written; what was deleted meanwhile is taken off the source's. Records, rows, refs or objects: what the store counts in. */
  readonly counts: { readonly atSource: number; readonly written: number };
  /** Names and releases of the software that wrote it, and that a restore needs. */
  readonly software: Readonly<Record<string, string>>;
  /** What in the manifest contradicts itself: such an export is short and is never sealed. */
  readonly contradictions: readonly string[];
}

/**
 * A kind of export. Its objects are `<prefix><pointId>/...`, written by whoever exports into the staging bucket; `manifest.json` is the last of them,
 * and without it there is no export.
 */
export interface ExportKind {
  readonly store: Store;
  /** `chroma/`: the only keys of the vault that this kind's objects have. */
  readonly prefix: `${string}/`;
  /** The facts of a manifest's text. Throws (zod, SyntaxError) when it is none of this kind. */
  facts(manifestText: string): ExportFacts;
}

export const exportPrefix = (kind: Pick<ExportKind, "prefix">, pointId: string): string => `${kind.prefix}${pointId}/`;
export const exportManifestKey = (kind: Pick<ExportKind, "prefix">, pointId: string): string =>
  `${exportPrefix(kind, pointId)}manifest.json`;
