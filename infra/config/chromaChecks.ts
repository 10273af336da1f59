import { formatSeconds } from "../../recovery/duration";
import { fasterRestoreHint, restorePath } from "../../recovery/estimates/chroma";
import type { Tier } from "../../recovery/objectives";
import { clusterSecondsOf, snapshotsOf } from "./chromaRestore";
import type { ProdValues } from "./schema";

/** Two exports at once would ask twice of a server what it was found to bear once. */
const overlapFailures = ({ schedule, maxDuration }: ProdValues["chroma"]): string[] =>
  maxDuration <= schedule.intervalSeconds
    ? []
    : [
        `chroma.maxDuration: ${formatSeconds(maxDuration)} is longer than the ${formatSeconds(schedule.intervalSeconds)} between two exports; they would run at once`,
      ];

const snapshotFailures = ({ server, volumeSnapshots }: ProdValues["chroma"], vault: ProdValues["vault"] | undefined): string[] => {
  if (!volumeSnapshots) return [];
  return [
    ...(vault?.lockedSnapshots === "off" ? ["chroma.volumeSnapshots: snapshots are taken by vault.lockedSnapshots, which is off"] : []),
    ...("existing" in server
      ? [
          "chroma.volumeSnapshots: only the volume of a server that Lifeboat makes is known by its tag; protect the existing one's in its own stack",
        ]
      : []),
  ];
};

export interface ChromaQuestion {
  readonly values: Partial<ProdValues>;
  readonly tier: Tier | undefined;
  /** Shortest lag at which an alarm tells people. Seconds. */
  readonly alarmSeconds: number;
}

/**
 * By what is expected and assumed alone: a deploy asks no catalogue, or it would fail with the recovery region, and differ from one run to the next. What is
 * there and was measured, the function `coverage` compares twice a day.
 */
const restoreFailures = ({ values: { chroma, clusters }, tier, alarmSeconds }: ChromaQuestion): string[] => {
  if (chroma?.expectedRecords === undefined || chroma.volumeSnapshots || tier === undefined) return [];
  const question = {
    records: chroma.expectedRecords,
    recordsPerSecond: chroma.restoreRecordsPerSecond,
    beforeSeconds: alarmSeconds + clusterSecondsOf(clusters),
  };
  const { path, reason } = restorePath(question, tier);
  return path === "export"
    ? []
    : [`chroma.expectedRecords: ${reason} (by chroma.restoreRecordsPerSecond); ${fasterRestoreHint(snapshotsOf(chroma))}`];
};

/** What a schema cannot say of Chroma's values: one sentence for each failure. */
export const chromaFailures = (question: ChromaQuestion): string[] => {
  const { chroma, vault } = question.values;
  return chroma === undefined ? [] : [...overlapFailures(chroma), ...snapshotFailures(chroma, vault), ...restoreFailures(question)];
};
