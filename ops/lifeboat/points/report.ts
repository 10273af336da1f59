import { restoreText } from "../../../recovery/estimates/wording";
import { durationText, isoSeconds } from "../../../recovery/strategy/wording";
import { table, wrapped } from "../../drill/tables";
import type { Continuous } from "./continuous";
import { renderContinuous } from "./continuous-report";
import type { ListedPoint, ListedSeries } from "./gather";
import type { ListedSets } from "./sets";
import { renderSets } from "./sets-report";

const REASON_WIDTH = 28;
const HEAD = ["point", "as of", "age", "size", "counts", "locked until", "read back", "usable", "kept because"];
const RIGHT_ALIGNED = [2, 3, 4];

export interface PointsReport {
  readonly system: string;
  readonly readAt: Date;
  readonly series: readonly ListedSeries[];
  /** Absent where one store was asked for. */
  readonly sets?: ListedSets;
  readonly continuous: Continuous;
}

/** Whether each series has a point that could be restored from now. */
export const hasUsable = ({ points, lastGood }: ListedSeries): boolean => lastGood !== undefined || points.some(({ usable }) => usable);

/** Whether what is copied all the time has a state to recover to, as far as it was asked. */
export const isRestorable = ({ database, documents }: Continuous): boolean =>
  [database, documents].every((one) => one === undefined || one.problem === null);

export const renderPoints = ({ system, readAt, series, sets, continuous }: PointsReport): string =>
  [
    `System ${system}, ${isoSeconds(readAt)}`,
    ...(sets === undefined ? [] : [renderSets(sets)]),
    ...renderContinuous(continuous),
    ...(series.length === 0 ? ["There is no recovery point. Hint: npm run lifeboat -- backup --store all"] : series.map(renderSeries)),
  ].join("\n\n");

const renderSeries = (listed: ListedSeries): string => {
  const { series, points, strangers, more, restore, lastGood, isAllRead } = listed;
  return [
    `${series}${hasUsable(listed) ? "" : ": NOTHING USABLE"}`,
    ...(points.length === 0 ? [] : [table(HEAD, points.map(row), RIGHT_ALIGNED)]),
    ...strangers.map(({ key, reason }) => `  NO POINT: ${key}: ${reason}`),
    ...(restore === undefined ? [] : [`  ${restoreText(restore)}`]),
    ...(lastGood === undefined ? [] : ["  the last good one is older:", table(HEAD, [row(lastGood)], RIGHT_ALIGNED)]),
    ...(isAllRead === false ? ["  no good one was found, and not all of the older ones were read"] : []),
    ...(more ? [`  older ones ${isAllRead === true ? "are no better" : "were not read"}: --limit ${2 * points.length}`] : []),
  ].join("\n");
};

const row = (point: ListedPoint): readonly string[] => [
  point.pointId,
  isoSeconds(new Date(point.asOf)),
  durationText(point.ageSeconds),
  sizeText(point.sizeBytes),
  point.counts.written === point.counts.atSource ? String(point.counts.written) : `${point.counts.written} of ${point.counts.atSource}`,
  point.lockedUntil === null ? "NOT LOCKED" : isoSeconds(new Date(point.lockedUntil)),
  point.provenAt === null ? "not yet" : isoSeconds(new Date(point.provenAt)),
  point.usable ? "yes" : wrapped(`NO: ${point.reason}`, REASON_WIDTH),
  point.retention === null ? "-" : wrapped(`${point.retention.keep ? "" : "DROPPED: "}${point.retention.reason}`, REASON_WIDTH),
];

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** 1,536 -> "1.5 KB": units of 1,000 bytes, as S3's bill has them. */
export const sizeText = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${UNITS[power]}`;
};

export const pointsJson = ({ readAt, ...report }: PointsReport): string =>
  `${JSON.stringify({ schema: "lifeboat/points/1", readAt: readAt.toISOString(), ...report }, undefined, 2)}\n`;
