import { makePointId } from "../../recovery/catalogue/keys";
import { type ChromaManifest, deletedMeanwhile } from "../../recovery/chroma/manifest";
import type { Deadline } from "../shared/deadline";
import { eachInFlight } from "../shared/in-flight";
import type { ObjectStore } from "../shared/objects";
import type { ExportReport } from "./events";
import { type FinishSource, finishExport } from "./finish";
import type { ListingSizes } from "./listing";
import { exportPiece } from "./piece";
import { type PlanSource, planExport } from "./plan";

/** What an export asks of a server. It never writes. */
export type ExportSource = Omit<PlanSource, "database"> & {
  database(tenant: string, name: string): FinishSource & ReturnType<PlanSource["database"]>;
};

export interface ExportOptions {
  readonly system: string;
  readonly server: ExportSource;
  readonly tenants: readonly string[];
  readonly staging: ObjectStore;
  readonly now: () => Date;
  /** Four random hex digits: two exports of one second differ by them. */
  readonly random: string;
  readonly checkDeadline: Deadline;
  /** Records of a piece. */
  readonly pieceRecords?: number;
  readonly sizes?: ListingSizes;
  /** Pieces that are read at once. */
  readonly concurrency?: number;
}

/** A piece takes some seconds, so that little is done again after a crash, and its ids are a megabyte. */
export const PIECE_RECORDS = 25_000;

/**
 * A whole export in one call: what the state machine does in many. Without its manifest a point does not exist, so an export that fails or is cut
 * leaves nothing that looks complete.
 */
export const exportChroma = async (options: ExportOptions): Promise<ExportReport> => {
  const { now, random, pieceRecords = PIECE_RECORDS, concurrency = 1 } = options;
  const startedAt = now();
  const pointId = makePointId("chroma", startedAt, random);
  const plan = await planExport({ ...options, pointId, startedAt, pieceRecords });
  await eachInFlight(plan.pieces.keys(), concurrency, async (piece) => {
    await exportPiece({ ...options, pointId, piece });
  });
  return reportOf(await finishExport({ ...options, pointId }));
};

export const reportOf = (manifest: ChromaManifest): ExportReport => {
  const { pointId, collections, window } = manifest;
  const collectionsDeleted = deletedMeanwhile(manifest).length;
  return {
    pointId,
    collections: collections.length,
    records: collections.reduce((sum, { countWritten }) => sum + countWritten, 0),
    seconds: (Date.parse(window.finishedAt) - Date.parse(window.startedAt)) / 1000,
    ...(collectionsDeleted === 0 ? {} : { collectionsDeleted }),
  };
};
