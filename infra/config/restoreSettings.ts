import type { RestoreSettings } from "../../recovery/estimates/chroma";
import { clusterSecondsOf, snapshotsOf } from "./chromaRestore";
import type { ProdConfiguration } from "./read";

/** What the recovery region estimates the restore of Chroma by, as the store grows. Undefined without a tier, which the checks refuse. */
export const restoreSettings = (configuration: ProdConfiguration): RestoreSettings | undefined => {
  const { chroma, clusters, tiers, protections } = configuration;
  const tier = tiers[chroma.tier];
  if (tier === undefined) return undefined;
  return {
    tier: chroma.tier,
    rtoSeconds: tier.rtoSeconds,
    // People are paged once, by whichever store's alarm comes first.
    alarmSeconds: Math.min(...protections.map(({ store }) => configuration[store].alarmAt)),
    clusterSeconds: clusterSecondsOf(clusters),
    assumedRecordsPerSecond: chroma.restoreRecordsPerSecond,
    volumeSnapshots: snapshotsOf(chroma),
  };
};
