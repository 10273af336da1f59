import { formatSeconds } from "../../recovery/duration";
import { DEFAULT_TIERS, objectiveFailure, type Protection, type Tier } from "../../recovery/objectives";
import { type ChromaQuestion, chromaFailures } from "./chromaChecks";
import { type ClusterQuestion, clusterFailures } from "./cluster";
import { configurationFailures } from "./configuration";
import { coverageFailures } from "./coverage";
import { documentsFailures } from "./documents";
import { retentionFailures } from "./retentionChecks";
import type { DrValues, ProdValues } from "./schema";

/** AWS runs a function for 15 minutes at most. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_LIMIT_SECONDS = 900;

/** The tiers of a stack: the defaults, and what the configuration changes or adds. */
export const tiersOf = (tiers: ProdValues["tiers"]): Readonly<Record<string, Tier>> => ({
  ...DEFAULT_TIERS,
  ...Object.fromEntries(Object.entries(tiers).map(([name, { rto, rpo }]) => [name, { rtoSeconds: rto, rpoSeconds: rpo }])),
});

/** The stores that `prod` protects, as they are named in its configuration. */
export const PROTECTED_STORES = ["postgres", "objects", "chroma"] as const;
export interface StoreProtection extends Protection {
  readonly store: (typeof PROTECTED_STORES)[number];
}

/** How each store is protected, in the numbers that decide its loss; a store whose values could not be read is left out. */
export const protectionsOf = ({ postgres, objects, chroma, lags }: Partial<ProdValues>): readonly StoreProtection[] => {
  if (lags === undefined) return [];
  const protections: StoreProtection[] = [];
  // Both are continuous: no run is waited for, and the five minutes between two shipments are in the documented lag of the backups.
  if (postgres !== undefined)
    protections.push({
      ...{ store: "postgres", tier: postgres.tier, intervalSeconds: 0, durationSeconds: 0 },
      lagSeconds: postgres.replica ? lags.replica : lags.automatedBackups,
    });
  if (objects !== undefined)
    protections.push({ store: "objects", tier: objects.tier, intervalSeconds: 0, durationSeconds: 0, lagSeconds: lags.replication });
  if (chroma !== undefined)
    protections.push({
      store: "chroma",
      tier: chroma.tier,
      intervalSeconds: chroma.schedule.intervalSeconds,
      durationSeconds: chroma.maxDuration,
      lagSeconds: lags.replication + lags.verification,
    });
  return protections;
};

const regionFailures = ({ regions }: Partial<Pick<ProdValues, "regions">>): string[] =>
  regions !== undefined && regions.primary === regions.recovery
    ? [`regions: primary and recovery are both "${regions.primary}"; a region does not survive its own loss`]
    : [];

const tierFailures = (values: Partial<ProdValues>): string[] => {
  if (values.tiers === undefined) return [];
  const tiers = tiersOf(values.tiers);
  return PROTECTED_STORES.flatMap((store) => {
    const configured = values[store];
    if (configured === undefined) return [];
    const tier = tiers[configured.tier];
    if (tier === undefined) return [`${store}.tier: "${configured.tier}" is not a tier; there are ${Object.keys(tiers).join(", ")}`];
    const objective = protectionsOf(values)
      .filter((protection) => protection.store === store)
      .flatMap((protection) => objectiveFailure(protection, tier) ?? []);
    const late = configured.alarmAt > tier.rpoSeconds;
    return late
      ? [
          ...objective,
          `${store}.alarmAt: ${formatSeconds(configured.alarmAt)} comes after the RPO of ${formatSeconds(tier.rpoSeconds)}; an alarm must come before its objective is missed`,
        ]
      : objective;
  });
};

const limitFailures = ({ watch }: Partial<ProdValues>): string[] =>
  watch !== undefined && watch.samplesPerRun * watch.sampleInterval > watch.schedule.intervalSeconds
    ? [
        `watch: ${watch.samplesPerRun} samples every ${formatSeconds(watch.sampleInterval)} do not fit into ${formatSeconds(watch.schedule.intervalSeconds)}`,
      ]
    : [];

/** Chroma's tier, and the first alarm that tells people. */
const chromaQuestion = (values: Partial<ProdValues>): ChromaQuestion => {
  const { chroma, tiers } = values;
  const alarms = PROTECTED_STORES.flatMap((store) => values[store]?.alarmAt ?? []);
  const tier = chroma === undefined || tiers === undefined ? undefined : tiersOf(tiers)[chroma.tier];
  return { values, tier, alarmSeconds: alarms.length === 0 ? 0 : Math.min(...alarms) };
};

const DAY_SECONDS = 86_400;

/** What is kept has to be read back again before it may go. */
const rotationFailures = ({ verify, vault }: Partial<ProdValues>): string[] => {
  if (verify === undefined || vault === undefined) return [];
  const rotationSeconds = verify.rotationRuns * verify.schedule.intervalSeconds;
  return rotationSeconds <= vault.backupRetentionDays * DAY_SECONDS
    ? []
    : [
        `verify.rotationRuns: ${verify.rotationRuns} runs every ${formatSeconds(verify.schedule.intervalSeconds)} take longer than the ${vault.backupRetentionDays} days for which a point is kept`,
      ];
};

/** Storage grows by itself only where its limit is a tenth above what it begins with. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html */
const STORAGE_HEADROOM = 1.1;

const databaseFailures = ({ postgres, clusters }: Partial<ProdValues>): string[] => {
  const failures: string[] = [];
  const made = postgres === undefined || "existing" in postgres ? undefined : postgres;
  if (made !== undefined && made.maxAllocatedStorage < STORAGE_HEADROOM * made.allocatedStorage)
    failures.push(
      `postgres.maxAllocatedStorage: ${made.maxAllocatedStorage} GiB is less than a tenth above allocatedStorage, ${made.allocatedStorage} GiB`,
    );
  // A database that exists has its place already.
  for (const place of made === undefined ? (["recovery"] as const) : (["primary", "recovery"] as const)) {
    const cluster = clusters?.[place];
    const subnets = cluster === undefined || cluster.kind === "create" ? [] : cluster.subnetIds;
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html#USER_VPC.Subnets
    if (postgres !== undefined && subnets.length === 1)
      failures.push(
        `clusters.${place}.subnetIds: a database needs subnets in two availability zones at least; there is ${subnets[0]} only`,
      );
  }
  return failures;
};

/** Each store's tier, and the first alarm that tells people of a disaster: they are paged once, whichever store it is. */
const recoveries = (values: Partial<ProdValues>): ClusterQuestion["stores"] => {
  if (values.tiers === undefined) return [];
  const tiers = tiersOf(values.tiers);
  const alarms = PROTECTED_STORES.flatMap((store) => values[store]?.alarmAt ?? []);
  return PROTECTED_STORES.flatMap((store) => {
    const tierName = values[store]?.tier;
    const tier = tierName === undefined ? undefined : tiers[tierName];
    return tierName === undefined || tier === undefined ? [] : [{ store, tierName, tier, alarmSeconds: Math.min(...alarms) }];
  });
};

/** The values that ask for jobs in the primary region's cluster. */
const jobsOf = ({ postgres, configuration }: Partial<ProdValues>): readonly string[] => [
  ...(postgres === undefined || postgres.dump === "off" ? [] : ["postgres.dump"]),
  ...(configuration === undefined || configuration.git === "off" ? [] : ["configuration.git"]),
];

/** What a schema cannot say of a `prod` configuration, of the values that could be read: one sentence for each failure. */
export const prodFailures = (values: Partial<ProdValues>): string[] => [
  ...regionFailures(values),
  ...tierFailures(values),
  ...limitFailures(values),
  ...chromaFailures(chromaQuestion(values)),
  ...documentsFailures(values),
  ...rotationFailures(values),
  ...retentionFailures(values),
  ...configurationFailures({ ...values, tiers: tiersOf(values.tiers ?? {}) }),
  ...coverageFailures(values),
  ...databaseFailures(values),
  ...clusterFailures({ ...values, stores: recoveries(values), jobs: jobsOf(values) }),
];

/** What a schema cannot say of a `dr` configuration, of the values that could be read. */
export const drFailures = (values: Partial<DrValues>): string[] => [
  ...regionFailures(values),
  ...(values.strategy === "latest" && values.time !== undefined
    ? [`time: strategy latest takes no time, but ${values.time} is set; use strategy point-in-time`]
    : []),
];
