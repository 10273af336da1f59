import type { RestoreSettings } from "../../recovery/estimates/chroma";
import { clusterSeconds } from "../../recovery/estimates/cluster";
import type { ProdValues } from "./schema";

/** What the recovery region's cluster adds before a restore begins. Seconds. */
export const clusterSecondsOf = (clusters: ProdValues["clusters"] | undefined): number =>
  clusters?.recovery.kind === "create" ? clusterSeconds(clusters.recovery.standby) : 0;

export const snapshotsOf = ({ server, volumeSnapshots }: ProdValues["chroma"]): RestoreSettings["volumeSnapshots"] => {
  if (volumeSnapshots) return "on";
  return "existing" in server ? "elsewhere" : "off";
};
