import { type CatalogueReader, type Judged, selectPoint } from "../../recovery/catalogue/select";
import type { Choice } from "./choice";

/** How many passed-over points a plan and an error name: the newest matter. */
const NAMED_POINTS = 10;

/** The newest usable point, at or before the time asked for. */
export const chooseChroma = async (catalogue: CatalogueReader, system: string, notAfter?: Date): Promise<Choice<"chroma">> => {
  const { chosen, passedOver } = await selectPoint(catalogue, system, "chroma", notAfter);
  if (chosen === undefined) return { problem: `chroma: ${whatExists(passedOver)}` };
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
      passedOver: passedOver.slice(0, NAMED_POINTS).map((judged) => ({ key: judged.key, reason: judged.reason })),
    },
  };
};

const whatExists = (passedOver: readonly Judged[]): string => {
  if (passedOver.length === 0) return "no point has been sealed";
  const named = passedOver.slice(0, NAMED_POINTS).map(({ key, point, reason }) => `${point?.pointId ?? key} (${reason})`);
  const more = passedOver.length > NAMED_POINTS ? `, and ${passedOver.length - NAMED_POINTS} more` : "";
  return `none of ${passedOver.length} is usable: ${named.join(", ")}${more}`;
};
