import type { RecoveryPoint } from "../../recovery/catalogue/point";
import { type CatalogueReader, type Judged, selectPoint } from "../../recovery/catalogue/select";
import type { RestoreOutlook, RestoreSettings } from "../../recovery/estimates/chroma";
import { outlookOf } from "../shared/restore-outlook";
import { type Choice, refuse } from "./choice";

/** How many passed-over points a plan and an error name: the newest matter. */
const NAMED_POINTS = 10;

/** The newest usable point, at or before the time asked for. @param settings what the time of its restore is estimated by */
export const chooseChroma = async (
  catalogue: CatalogueReader,
  system: string,
  notAfter?: Date,
  settings?: RestoreSettings,
): Promise<Choice<"chroma">> => {
  const { chosen, passedOver } = await selectPoint(catalogue, system, "chroma", notAfter);
  const named = passedOver.slice(0, NAMED_POINTS).map(({ key, reason }) => ({ key, reason }));
  if (chosen === undefined) return refuse("chroma", whatExists(passedOver), named);
  const { key, point, entrySha256 } = chosen;
  return {
    chosen: {
      pointId: point.pointId,
      entryKey: key,
      entrySha256,
      manifestKey: point.manifest.key,
      manifestVersionId: point.manifest.versionId,
      manifestSha256: point.manifest.sha256,
      asOf: point.asOf,
      windowFinishedAt: point.window.finishedAt,
      records: point.counts.written,
      ...(await expectedOf(catalogue, system, point, settings)),
      passedOver: named,
    },
  };
};

/** Worth knowing, and never worth a recovery: what cannot be estimated is restored all the same. */
const expectedOf = async (
  catalogue: CatalogueReader,
  system: string,
  point: RecoveryPoint,
  settings: RestoreSettings | undefined,
): Promise<{ readonly expected?: RestoreOutlook }> => {
  if (settings === undefined) return {};
  const expected = await outlookOf(catalogue, system, settings, point).catch(() => undefined);
  return expected === undefined ? {} : { expected };
};

const whatExists = ({ length }: readonly Judged[]): string => {
  if (length === 0) return "the catalogue has no recovery point";
  return `none of ${length} recovery points is usable${length > NAMED_POINTS ? `, the newest ${NAMED_POINTS} of them` : ""}`;
};
