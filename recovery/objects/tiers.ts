import { formatSeconds } from "../duration";
import { CLASS_FACTS, type StoragePrices, TIER_CLASSES, type TierClass } from "./storage-classes";

/** What is known of a kind of objects, as far as it decides what they cost. */
export interface KeptObjects {
  readonly typicalBytes: number;
  /** Nothing of it goes before: the period of its lock. */
  readonly keptDays: number;
  /** How often all of it is read in a month: by verification, and by drills. */
  readonly readsPerMonth: number;
  /** Everything has to be there again within. */
  readonly rtoSeconds: number;
  /** Functions read it as it lies, without asking for a retrieval first: verification and imports do. */
  readonly readAtOnce: boolean;
}

export interface Transition {
  readonly days: number;
  readonly storageClass: TierClass;
}

/** A class and why it was taken or not. */
export interface TierReason {
  readonly storageClass: TierClass;
  readonly chosen: boolean;
  readonly reason: string;
}

export interface TierChoice {
  /** In the order of their days; none where STANDARD is the cheapest. */
  readonly transitions: readonly Transition[];
  /** Smaller objects stay where they are: moving them costs more than it saves. */
  readonly minimumBytes: number;
  /** Of one typical object over the whole of its period. Dollars. */
  readonly cost: number;
  readonly standardCost: number;
  readonly reasons: readonly TierReason[];
}

const GB = 1024 ** 3;
const MONTH_DAYS = 30;
const DAYS_TRIED = [0, 30, 60, 90, 180] as const;

/** A retrieval may take this share of the recovery time at most: what comes back has to be copied and checked after it. */
const RETRIEVAL_SHARE = 0.5;

/**
 * The cheapest way to keep an object for its period, among those from which it is back in time. Pure: prices and sizes are the caller's. Every plan of
 * at most two transitions is reckoned through, with minimum durations, minimum sizes, overhead, transition and retrieval fees.
 */
export const chooseTiers = (kept: KeptObjects, prices: StoragePrices): TierChoice => {
  const allowed = TIER_CLASSES.filter((storageClass) => retrievalProblem(storageClass, kept) === undefined);
  const priced = plansOf(allowed, kept.keptDays).map((transitions) => ({ transitions, cost: costOf(transitions, kept, prices) }));
  const standardCost = costOf([], kept, prices);
  const best = priced.reduce((least, plan) => (plan.cost < least.cost ? plan : least), {
    transitions: [] as readonly Transition[],
    cost: standardCost,
  });
  return {
    ...best,
    standardCost,
    minimumBytes: minimumBytes(best.transitions, kept, prices),
    reasons: TIER_CLASSES.map((storageClass) => reasonFor(storageClass, best, kept, prices, standardCost)),
  };
};

const retrievalProblem = (storageClass: TierClass, { rtoSeconds, readAtOnce }: KeptObjects): string | undefined => {
  const { retrievalSeconds } = CLASS_FACTS[storageClass];
  if (readAtOnce && retrievalSeconds > 0) return "it is read at once, and from this class only after a retrieval";
  const allowed = rtoSeconds * RETRIEVAL_SHARE;
  return retrievalSeconds <= allowed
    ? undefined
    : `a retrieval takes up to ${formatSeconds(retrievalSeconds)}, more than half of the RTO of ${formatSeconds(rtoSeconds)}`;
};

const plansOf = (allowed: readonly TierClass[], keptDays: number): readonly (readonly Transition[])[] => {
  const single = allowed.flatMap((storageClass) =>
    DAYS_TRIED.filter((days) => days >= CLASS_FACTS[storageClass].earliestDay && days < keptDays).map((days) => ({ days, storageClass })),
  );
  const double = single.flatMap((first) => single.filter((second) => follows(first, second)).map((second) => [first, second]));
  return [...single.map((transition) => [transition]), ...double];
};

/** Only to a colder class, and after a month in the warmer one. https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html */
const follows = (first: Transition, second: Transition): boolean =>
  TIER_CLASSES.indexOf(second.storageClass) > TIER_CLASSES.indexOf(first.storageClass) && second.days >= first.days + 30;

/** What one object costs over its period. Dollars. */
export const costOf = (transitions: readonly Transition[], kept: KeptObjects, prices: StoragePrices): number => {
  const inStandard = Math.min(transitions[0]?.days ?? kept.keptDays, kept.keptDays);
  const standard = storage(kept.typicalBytes, inStandard, prices.standardGbMonth);
  const moved = transitions.map(({ days, storageClass }, index) => {
    const until = Math.min(transitions[index + 1]?.days ?? kept.keptDays, kept.keptDays);
    return movedCost(storageClass, until - days, kept, prices);
  });
  return moved.reduce((sum, cost) => sum + cost, standard);
};

const storage = (bytes: number, days: number, gbMonth: number): number => (bytes / GB) * (days / MONTH_DAYS) * gbMonth;

const movedCost = (storageClass: TierClass, days: number, { typicalBytes, readsPerMonth }: KeptObjects, prices: StoragePrices): number => {
  const facts = CLASS_FACTS[storageClass];
  const { storageGbMonth, transitionsThousand, retrievalGb } = prices.classes[storageClass];
  const charged = Math.max(days, facts.minimumDays);
  const billable = Math.max(typicalBytes, facts.minimumBillableBytes) + facts.overheadBytes;
  return (
    storage(billable, charged, storageGbMonth) +
    storage(facts.standardOverheadBytes, charged, prices.standardGbMonth) +
    transitionsThousand / 1000 +
    (typicalBytes / GB) * retrievalGb * readsPerMonth * (days / MONTH_DAYS)
  );
};

const KIB = 1024;
const LARGEST_TRIED = 1024 ** 4;

/** The smallest size, in doublings, from which on the plan saves something. */
const minimumBytes = (transitions: readonly Transition[], kept: KeptObjects, prices: StoragePrices): number => {
  for (let typicalBytes = 4 * KIB; typicalBytes < LARGEST_TRIED; typicalBytes *= 2) {
    const ofSize = { ...kept, typicalBytes };
    if (costOf(transitions, ofSize, prices) < costOf([], ofSize, prices)) return typicalBytes;
  }
  return LARGEST_TRIED;
};

const reasonFor = (
  storageClass: TierClass,
  best: { readonly transitions: readonly Transition[]; readonly cost: number },
  kept: KeptObjects,
  prices: StoragePrices,
  standardCost: number,
): TierReason => {
  const taken = best.transitions.find((transition) => transition.storageClass === storageClass);
  if (taken !== undefined)
    return {
      storageClass,
      chosen: true,
      reason: `from day ${taken.days} on: the plan costs ${percent(best.cost, standardCost)} of STANDARD`,
    };
  const problem = retrievalProblem(storageClass, kept);
  if (problem !== undefined) return { storageClass, chosen: false, reason: problem };
  const own = plansOf([storageClass], kept.keptDays).map((transitions) => costOf(transitions, kept, prices));
  if (own.length === 0) return { storageClass, chosen: false, reason: `nothing is kept for ${CLASS_FACTS[storageClass].earliestDay} days` };
  const than = best.transitions.length === 0 ? "" : `, the chosen plan ${percent(best.cost, standardCost)}`;
  return { storageClass, chosen: false, reason: `at best it costs ${percent(Math.min(...own), standardCost)} of STANDARD${than}` };
};

const percent = (cost: number, of: number): string => `${((100 * cost) / of).toFixed(0)} %`;
