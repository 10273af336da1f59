import type { RecoveryPoint } from "../../recovery/catalogue/point";
import type { CatalogueReader } from "../../recovery/catalogue/select";
import { type RestoreOutlook, type RestoreSettings, restoreOutlook } from "../../recovery/estimates/chroma";
import { newestMeasurement } from "./restore-measurements";

/** How long an export of Chroma takes to come back, at the newest measured rate. */
export const outlookOf = async (
  catalogue: CatalogueReader,
  system: string,
  settings: RestoreSettings,
  { pointId, counts }: Pick<RecoveryPoint, "pointId" | "counts">,
): Promise<RestoreOutlook> =>
  restoreOutlook(settings, { pointId, records: counts.written }, await newestMeasurement(catalogue, system, counts.written));
