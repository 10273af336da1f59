import { collectionName } from "../../recovery/chroma/manifest";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import type { ExportPlan, PlannedCollection, RangeResult } from "./checkpoint";
import { IdWalk } from "./id-walk";
import { IDS_AT_ONCE, type ListingSource } from "./listing";
import type { RecordSource } from "./pages";
import { exportRanges } from "./range";
import { shortExport } from "./refusals";

export interface Reconciliation {
  readonly source: RecordSource & ListingSource;
  readonly staging: ObjectStore;
  readonly plan: ExportPlan;
  readonly number: number;
  readonly planned: PlannedCollection;
  readonly checkDeadline: Deadline;
}

export interface Reconciled {
  /** What was read late, of records that the server still lists. */
  readonly late?: RangeResult;
  /** Records that it no longer lists: they are no part of the point. */
  readonly deleted: number;
}

/** What may be missing while it is kept in memory. More of it is no export of anything. */
const MAX_MISSING = 500_000;
const OVERLAP = 1000;

/**
 * Ids that were listed and not answered. Those that the server no longer lists were deleted meanwhile. Those that it still lists are read once more;
 * what is missing even then is a server that withholds records. `get` alone cannot tell: it answers neither. Undefined when the collection was deleted.
 */
export const reconcile = async (run: Reconciliation, missing: readonly string[]): Promise<Reconciled | undefined> => {
  const { source, staging, plan, number, planned, checkDeadline } = run;
  const name = collectionName(planned);
  if (missing.length === 0) return { deleted: 0 };
  if (missing.length > MAX_MISSING) throw shortExport(name, `${missing.length} of its records were deleted while it was read`);
  const stillThere = await listedOf(run, missing);
  if (stillThere.length === 0) return { deleted: missing.length };
  // Behind all pieces: the number makes its parts' keys their own.
  const piece = plan.pieces.length;
  const range = { collection: number, ids: [...stillThere] };
  const { pointId } = plan;
  const [late] = await exportRanges({ ranges: [{ source, collection: planned, range }], staging, pointId, piece, checkDeadline });
  if (late === undefined || "collectionDeleted" in late) return undefined;
  const withheld = late.missing.length === 0 ? [] : await listedOf(run, late.missing);
  if (withheld.length > 0)
    throw shortExport(name, `${withheld.length} listed records were not returned, the first is ${JSON.stringify(withheld[0])}`);
  return { late, deleted: missing.length - stillThere.length + late.missing.length };
};

/** Which of the ids the server lists, in their order. */
const listedOf = async ({ source, planned }: Reconciliation, ids: readonly string[]): Promise<readonly string[]> => {
  const wanted = new Set(ids);
  const listed = new Set<string>();
  const walk = new IdWalk(source, planned.sourceId, { rows: IDS_AT_ONCE, overlap: OVERLAP });
  for (let page = await walk.next(); page !== undefined; page = await walk.next())
    for (const id of page) if (wanted.has(id)) listed.add(id);
  return ids.filter((id) => listed.has(id));
};
