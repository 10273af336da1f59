import type { Deadline } from "../shared/deadline";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import { ExportPlan, idsKeyOf, PieceIds, PieceResult, planKey, plannedCollection, requireCheckpoint, resultKey } from "./checkpoint";
import type { RecordSource } from "./pages";
import { exportRanges } from "./range";

export interface PieceExport {
  readonly server: { database(tenant: string, name: string): RecordSource };
  readonly staging: ObjectStore;
  readonly pointId: string;
  readonly piece: number;
  readonly checkDeadline: Deadline;
}

/**
 * Exports one piece: its parts, then its result, each written once. A piece that has its result is done, and is not done again. Of two calls at once
 * both read, and the first result counts; what the other wrote beside it is in no manifest.
 * Memory is bounded by a piece's ids and a few parts, however large the store.
 */
export const exportPiece = async ({ server, staging, pointId, piece, checkDeadline }: PieceExport): Promise<PieceResult> => {
  const done = await readResult(staging, pointId, piece);
  if (done !== undefined) return done;
  const plan = await requireCheckpoint(staging, ExportPlan, planKey(pointId));
  const { ranges } = await requireCheckpoint(staging, PieceIds, idsKeyOf(plan, piece));
  const toRead = ranges.map((range) => {
    const collection = plannedCollection(plan, range.collection);
    return { range, collection, source: server.database(collection.tenant, collection.database) };
  });
  const results = await exportRanges({ ranges: toRead, staging, pointId, piece, checkDeadline });
  const result: PieceResult = { schema: "lifeboat/chroma-export-piece/1", pointId, piece, ranges: results };
  const put = await staging.put(resultKey(pointId, piece), JSON.stringify(result), { contentType: "application/json", ifAbsent: true });
  return put.written ? result : requireCheckpoint(staging, PieceResult, resultKey(pointId, piece));
};

const readResult = async (staging: ObjectStore, pointId: string, piece: number): Promise<PieceResult | undefined> => {
  const text = await getText(staging, resultKey(pointId, piece));
  return text === undefined ? undefined : readJson(PieceResult, text).value;
};
