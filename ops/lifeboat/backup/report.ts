import { durationText, isoSeconds } from "../../../recovery/strategy/wording";
import { table, wrapped } from "../../drill/tables";
import type { BackupResult } from "./backup";

const REASON_WIDTH = 60;

export const renderBackup = (results: readonly BackupResult[]): string =>
  table(["store", "point", "as of", "records", "took", "state"], results.flatMap(rows), [3, 4]);

const rows = ({ store, what, result, seconds }: BackupResult): readonly (readonly string[])[] => {
  const took = durationText(seconds);
  switch (result.outcome) {
    case "done":
      return result.points.map(({ pointId, series, asOf, records, outcome, reason }) => [
        series,
        pointId,
        isoSeconds(new Date(asOf)),
        String(records),
        took,
        outcome === "proven" ? "sealed and read back" : wrapped(`${outcome.toUpperCase()}: ${reason}`, REASON_WIDTH),
      ]);
    case "unchanged":
      return [[store, "-", "-", "-", took, `nothing has changed (${what})`]];
    case "absent":
      return [[store, "-", "-", "-", "-", wrapped(`not configured: there is no ${what}`, REASON_WIDTH)]];
    case "failed":
      return [[store, "-", "-", "-", took, wrapped(`FAILED: ${result.reason}`, REASON_WIDTH)]];
  }
};

export const backupJson = (system: string, results: readonly BackupResult[]): string =>
  `${JSON.stringify({ schema: "lifeboat/backup/1", system, results }, undefined, 2)}\n`;
