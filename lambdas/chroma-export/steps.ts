import { makePointId } from "../../recovery/catalogue/keys";
import { sha256Hex } from "../../recovery/checksum";
import type { ExportedPiece, ExportReport, ExportStep, PlannedExport } from "./events";
import { type ExportOptions, PIECE_RECORDS, reportOf } from "./export";
import { finishExport } from "./finish";
import { exportPiece } from "./piece";
import { planExport } from "./plan";

/** One step of an export that a state machine drives. */
export const runStep = async (
  tools: Omit<ExportOptions, "random">,
  event: ExportStep,
): Promise<PlannedExport | ExportedPiece | ExportReport> => {
  if (event.step === "plan") {
    const startedAt = new Date(event.startedAt);
    const pointId = makePointId("chroma", startedAt, sha256Hex(event.run).slice(0, 4));
    const plan = await planExport({ ...tools, pointId, startedAt, pieceRecords: tools.pieceRecords ?? PIECE_RECORDS });
    return { pointId, pieces: [...plan.pieces.keys()] };
  }
  const { pointId } = event;
  if (event.step === "finish") return reportOf(await finishExport({ ...tools, pointId }));
  const { ranges } = await exportPiece({ ...tools, pointId, piece: event.piece });
  const parts = ranges.flatMap((range) => ("parts" in range ? range.parts : []));
  return { piece: event.piece, records: parts.reduce((sum, { rows }) => sum + rows, 0) };
};
