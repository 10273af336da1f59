import { durationText } from "../strategy/wording";
import { fasterRestoreHint, type RestoreOutlook } from "./chroma";

/** One sentence for a person: how long, whether that is in time, and where the rate is from. */
export const restoreText = ({ pointId, expectedSeconds, reason, rate, tier, meetsRto, volumeSnapshots }: RestoreOutlook): string => {
  const way = volumeSnapshots === "on" ? "chroma.volumeSnapshots is set: its snapshots are faster" : fasterRestoreHint(volumeSnapshots);
  const verdict = meetsRto ? "" : ` MISSES tier "${tier}": ${way}.`;
  return `Restore of ${pointId}: about ${durationText(expectedSeconds)} from a disaster.${verdict} ${reason}. Rate ${rate}.`;
};
