import { type CatalogueReader, firstAuthentic } from "../../recovery/catalogue/authentic";
import { type ExportKind, exportPrefix } from "../../recovery/catalogue/export";
import { PROGRESS_PREFIX } from "../../recovery/catalogue/keys";
import { exportOfKey } from "../../recovery/catalogue/kinds";
import { Progress, progressPrefix, progressWrittenMs } from "../../recovery/catalogue/progress";

const WORKER = "seal";
const SEALING_PREFIX = `${PROGRESS_PREFIX}${WORKER}/`;

/** Where the checkpoints of a point's sealing are. */
export const sealingPrefix = (kind: ExportKind, pointId: string): string =>
  progressPrefix(WORKER, exportPrefix(kind, pointId).replace(/\/$/, ""));

/** A point that nobody went on with for so long has been told by its failures; the next exports are points of their own. */
const LOOKED_AT_MS = 7 * 24 * 60 * 60 * 1000;

/** The points whose sealing a run left unfinished. Few points take several runs, so that there are few checkpoints to list. */
export const unfinishedPoints = async (
  catalogue: CatalogueReader,
  now: Date,
): Promise<readonly { readonly kind: ExportKind; readonly pointId: string }[]> => {
  const unfinished: { readonly kind: ExportKind; readonly pointId: string }[] = [];
  let folder = "";
  for await (const key of catalogue.keys(SEALING_PREFIX)) {
    const own = key.slice(0, key.lastIndexOf("/") + 1);
    // Of a point the newest checkpoint comes first, and says whether the work has ended.
    if (own === folder) continue;
    folder = own;
    const point = exportOfKey(key.slice(SEALING_PREFIX.length));
    const writtenMs = progressWrittenMs(key) ?? 0;
    if (point === undefined || now.getTime() - writtenMs > LOOKED_AT_MS) continue;
    const newest = (await firstAuthentic(catalogue, Progress, key)).first?.value;
    if (newest?.finished !== true) unfinished.push(point);
  }
  return unfinished;
};
