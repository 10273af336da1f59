import { EXPORT_KINDS } from "../../recovery/catalogue/kinds";
import { type Tiering, tieringOf } from "../components/storage/tiers";
import type { ProdConfiguration } from "../config/read";

/** Size of a typical part of an export: they are cut to a few megabytes. */
const PART_BYTES = 8 * 1024 ** 2;
const MONTH_SECONDS = 30 * 86_400;

const tight = (configuration: ProdConfiguration, store: string): number => {
  const protection = configuration.protections.find((each) => each.store === store);
  // A store without an objective of its own comes back as fast as the fastest.
  const rtos =
    protection === undefined
      ? Object.values(configuration.tiers).map(({ rtoSeconds }) => rtoSeconds)
      : [configuration.tiers[protection.tier]?.rtoSeconds ?? 0];
  return Math.min(...rtos);
};

/** The storage classes of what is kept locked, chosen by cost: verification reads all of it back again and again. */
export const storageTiers = (
  configuration: ProdConfiguration,
): { readonly documents: readonly Tiering[]; readonly exports: readonly Tiering[] } => {
  const { vault, documents, verify } = configuration;
  const readsPerMonth = MONTH_SECONDS / (verify.rotationRuns * verify.schedule.intervalSeconds);
  const documentTiers = tieringOf(
    { id: "locked-copies", prefix: "", keepsVersions: true },
    {
      ...{ typicalBytes: documents.typicalBytes, keptDays: vault.documentsRetentionDays, readsPerMonth },
      ...{ rtoSeconds: tight(configuration, "objects"), readAtOnce: true },
    },
    documents,
  );
  const exportTiers = EXPORT_KINDS.flatMap(
    ({ store, prefix }) =>
      tieringOf(
        { id: `exports-${store}`, prefix, keepsVersions: false },
        {
          ...{ typicalBytes: PART_BYTES, keptDays: vault.backupRetentionDays, readsPerMonth },
          ...{ rtoSeconds: tight(configuration, store), readAtOnce: true },
        },
        documents,
      ) ?? [],
  );
  return { documents: documentTiers === undefined ? [] : [documentTiers], exports: exportTiers };
};
