import { seriesPrefix } from "../../../recovery/catalogue/keys";
import { type CatalogueReader, type Judged, judge } from "../../../recovery/catalogue/select";
import type { CorruptionSign } from "../../../recovery/strategy/signals";

/** How many entries are read: a week and more at two exports a day, and a bound on the time of somebody in a hurry. */
export const MAX_POINTS_READ = 20;

/** A fall of the record count by this share, from one point to the next, is a sign. */
export const DEFAULT_RECORD_FALL = 0.5;

export interface PointSettings {
  readonly system: string;
  /** Above 0, 1 at most. */
  readonly recordFall: number;
  readonly maxPoints?: number;
}

/** What the newest recovery points of the vectors tell: content that was refused, and a sharp fall of the number of records. */
export const pointSigns = async (catalogue: CatalogueReader, settings: PointSettings): Promise<readonly CorruptionSign[]> => {
  const judged = await newestEntries(catalogue, settings);
  // A point that nobody has read back yet is pending, not refused.
  const refused = judged.filter(({ usable, pending }) => !usable && pending !== true).map(refusalOf);
  return [...fallsOf(judged, settings.recordFall), ...refused];
};

const newestEntries = async (
  catalogue: CatalogueReader,
  { system, maxPoints = MAX_POINTS_READ }: PointSettings,
): Promise<readonly Judged[]> => {
  const judged: Judged[] = [];
  for await (const key of catalogue.keys(seriesPrefix("chroma"))) {
    if (judged.length >= maxPoints) break;
    judged.push(await judge(catalogue, system, "chroma", key));
  }
  return judged;
};

const refusalOf = ({ key, point, reason }: Judged): CorruptionSign => ({
  kind: "refused-points",
  store: "chroma",
  ...(point === undefined ? {} : { since: new Date(point.asOf) }),
  evidence: `recovery point ${point?.pointId ?? key} is refused: ${reason}`,
  look: "see docs/runbooks/refused-point.md before vectors are restored",
});

/** Usable points, newest first: each beside the one before it. */
const fallsOf = (judged: readonly Judged[], recordFall: number): readonly CorruptionSign[] => {
  const points = judged.flatMap(({ usable, point }) => (usable && point !== undefined ? [point] : []));
  return points.flatMap((newer, index) => {
    const older = points[index + 1];
    if (older === undefined || older.counts.written === 0) return [];
    const fallen = older.counts.written - newer.counts.written;
    if (fallen < recordFall * older.counts.written) return [];
    return [
      {
        kind: "record-fall" as const,
        store: "chroma" as const,
        since: new Date(older.asOf),
        evidence: `the vectors fell by ${Math.round((fallen / older.counts.written) * 100)} %, from ${older.counts.written} records in ${older.pointId} to ${newer.counts.written} in ${newer.pointId}`,
        look: `ask whether a collection was deleted on purpose; the state before is ${older.pointId}`,
      },
    ];
  });
};
