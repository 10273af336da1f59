import * as z from "zod";

/**
 * One step of an export, as the state machine calls it. Every step may be called again: it goes on from what stands, or answers it.
 * `run` names an execution, and `startedAt` is when it began; both are the same at each attempt, so that the point's id is.
 */
export const ExportStep = z.discriminatedUnion("step", [
  z.object({ step: z.literal("plan"), run: z.string().min(1), startedAt: z.iso.datetime({ offset: true }) }),
  z.object({ step: z.literal("piece"), pointId: z.string().min(1), piece: z.int().nonnegative() }),
  z.object({ step: z.literal("finish"), pointId: z.string().min(1) }),
]);
export type ExportStep = z.infer<typeof ExportStep>;

/** Any event without a step: the whole export in one call, as far as its time allows. */
export const ChromaExportEvent = z.union([ExportStep, z.looseObject({ step: z.undefined().optional() })]);
export type ChromaExportEvent = z.infer<typeof ChromaExportEvent>;

/** Answers stay small: Step Functions passes 256 KiB from state to state. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export interface PlannedExport {
  readonly pointId: string;
  /** Their numbers. */
  readonly pieces: readonly number[];
}

export interface ExportedPiece {
  readonly piece: number;
  readonly records: number;
}

export interface ExportReport {
  readonly pointId: string;
  readonly collections: number;
  readonly records: number;
  readonly seconds: number;
  /** Deleted at the source before they were read, and not in the point; its manifest names them. Absent where none was. */
  readonly collectionsDeleted?: number;
}
