import { formatSeconds } from "../../recovery/duration";
import { DEFAULT_TIERS, objectiveFailure, type Protection, type Tier } from "../../recovery/objectives";
import type { DrValues, ProdValues } from "./schema";

/** AWS runs a function for 15 minutes at most. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_LIMIT_SECONDS = 900;

/** The tiers of a stack: the defaults, and what the configuration changes or adds. */
export const tiersOf = (tiers: ProdValues["tiers"]): Readonly<Record<string, Tier>> => ({
  ...DEFAULT_TIERS,
  ...Object.fromEntries(Object.entries(tiers).map(([name, { rto, rpo }]) => [name, { rtoSeconds: rto, rpoSeconds: rpo }])),
});

/** How each store is protected, in the numbers that decide its loss; a store whose values could not be read is left out. */
export const protectionsOf = ({ objects, chroma, lags }: Partial<ProdValues>): readonly Protection[] => {
  if (lags === undefined) return [];
  const protections: Protection[] = [];
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
  return (["objects", "chroma"] as const).flatMap((store) => {
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

const limitFailures = ({ chroma, watch }: Partial<ProdValues>): string[] => {
  const failures: string[] = [];
  if (chroma !== undefined && chroma.maxDuration > LAMBDA_LIMIT_SECONDS)
    failures.push(
      `chroma.maxDuration: ${formatSeconds(chroma.maxDuration)} is longer than a function may run, ${formatSeconds(LAMBDA_LIMIT_SECONDS)}`,
    );
  if (watch !== undefined && watch.samplesPerRun * watch.sampleInterval > watch.schedule.intervalSeconds)
    failures.push(
      `watch: ${watch.samplesPerRun} samples every ${formatSeconds(watch.sampleInterval)} do not fit into ${formatSeconds(watch.schedule.intervalSeconds)}`,
    );
  return failures;
};

/** What a schema cannot say of a `prod` configuration, of the values that could be read: one sentence for each failure. */
export const prodFailures = (values: Partial<ProdValues>): string[] => [
  ...regionFailures(values),
  ...tierFailures(values),
  ...limitFailures(values),
];

/** What a schema cannot say of a `dr` configuration, of the values that could be read. */
export const drFailures = (values: Partial<DrValues>): string[] => [
  ...regionFailures(values),
  ...(values.strategy === "point-in-time" && values.time === undefined
    ? ["time: strategy point-in-time needs the time to recover to"]
    : []),
  ...(values.strategy === "latest" && values.time !== undefined
    ? [`time: strategy latest takes no time, but ${values.time} is set; use strategy point-in-time`]
    : []),
];
