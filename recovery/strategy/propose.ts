import type { Tier } from "../objectives";
import { damageReasons, elsewhereReasons, freshnessReasons, limitReasons, objectiveReasons } from "./because";
import type { Estimate, RecoveryEstimates } from "./estimates";
import type { Alternative, MadeProposal, NoProposal, Proposal } from "./proposal";
import type { CorruptionSign, StrategySignals } from "./signals";
import { newestRestoreWay, promotionWay, restoreBeforeWay, type Way } from "./ways";
import { durationText, isoSeconds } from "./wording";

export interface ProposeContext {
  /** The objectives of the database, with the tier's name. */
  readonly tier: Tier & { readonly name: string };
  readonly now: Date;
  readonly estimates: RecoveryEstimates;
}

type Open = Extract<Way, { open: true }>;
interface Weighed {
  readonly promotion: Way;
  readonly newest: Way;
}

/**
 * Promotion of the standing replica or a restore to a time, with what it costs and why. A sign of damage in PostgreSQL rules the replica out, because
 * it copies scrambled rows at once; otherwise what loses less is proposed, and of two that lose the same the promotion, which is the shorter one.
 */
export const propose = (signals: StrategySignals, context: ProposeContext): Proposal => {
  const { now } = context;
  const weighed = { promotion: promotionWay(signals, now), newest: newestRestoreWay(signals, now) };
  if (signals.replica?.promoted === true) return alreadyPromoted(signals, context, weighed);
  const damage = signals.corruption.filter(({ store }) => store === "postgres");
  return damage.length > 0 ? beforeDamage(signals, context, weighed, damage) : freshest(signals, context, weighed);
};

const freshest = (signals: StrategySignals, context: ProposeContext, weighed: Weighed): Proposal => {
  const { promotion, newest } = weighed;
  if (promotion.open && (!newest.open || promotion.lossSeconds <= newest.lossSeconds)) {
    const whyNot = newest.open
      ? `it would lose ${durationText(newest.lossSeconds)}, and a new database takes longer than a reboot of one that stands`
      : newest.why;
    return made(signals, context, {
      way: promotion,
      reasons: freshnessReasons(signals, weighed),
      alternatives: [restoreOf(context, newest, whyNot)],
    });
  }
  const whyNot = promotion.open ? `it would lose ${durationText(promotion.lossSeconds)}, more than the backups do` : promotion.why;
  const alternatives = [promotionOf(context, promotion, whyNot)];
  if (newest.open) return made(signals, context, { way: newest, restore: {}, reasons: freshnessReasons(signals, weighed), alternatives });
  return none(signals, context, {
    reasons: [`Neither way is open: ${closedBecause(promotion)}; ${closedBecause(newest)}`],
    alternatives: [...alternatives, restoreOf(context, newest, newest.why)],
    hint: NOTHING_STANDS,
  });
};

const beforeDamage = (
  signals: StrategySignals,
  context: ProposeContext,
  { promotion, newest }: Weighed,
  damage: readonly CorruptionSign[],
): Proposal => {
  const alternatives = [
    promotionOf(context, promotion, "a replica copies damaged rows at once: it has the damage too"),
    restoreOf(context, newest, "the newest restorable time may have the damage too"),
  ];
  const since = earliestOf(damage);
  if (since === undefined) return none(signals, context, { reasons: damageReasons(damage), alternatives, hint: SAY_WHEN });
  const way = restoreBeforeWay(signals, since, context.now);
  if (!way.open)
    return none(signals, context, {
      reasons: [...damageReasons(damage), `No time before ${since.toISOString()} can be restored to: ${way.why}`],
      alternatives,
      hint: "Look for the first damaged row: a later time may do (--corrupted-since TIME). A replica or a newest state that is damaged still holds the rows that are not",
    });
  const reasons = damageReasons(damage, { since, asOf: way.asOf, lossSeconds: way.lossSeconds });
  return made(signals, context, { way, restore: { time: isoSeconds(way.asOf) }, reasons, alternatives });
};

/** What the automated backups of the old primary hold ends where the promoted one began: nothing is proposed that would go behind it unasked. */
const alreadyPromoted = (signals: StrategySignals, context: ProposeContext, { promotion, newest }: Weighed): NoProposal => {
  const why = closedBecause(promotion);
  return none(signals, context, {
    reasons: [`A failover has taken place: ${why}`, "The automated backups of its old source end before what was written to it since"],
    alternatives: [
      promotionOf(context, promotion, why),
      restoreOf(context, newest, "it would lose all that was written since the promotion"),
    ],
    hint: `Read /lifeboat/${signals.system}/live for the database that serves now. To take that one back, restore it from its own automated backups; docs/strategy.md says how to ask for the old ones all the same`,
  });
};

const closedBecause = (way: Way): string => (way.open ? "it is open" : way.why);

const NOTHING_STANDS =
  "Run the command again with permission to read what it could not. Otherwise look for what is left: aws rds describe-db-instance-automated-backups, aws rds describe-db-snapshots, in both regions";
const SAY_WHEN =
  "Find out when the damage began and say so: --corrupted-since 2026-11-24T21:00:00Z. Without a time no state is known to be free of it";

const earliestOf = (signs: readonly CorruptionSign[]): Date | undefined =>
  signs
    .flatMap(({ since }) => (since === undefined ? [] : [since]))
    .sort((a, b) => a.getTime() - b.getTime())
    .at(0);

interface Chosen {
  readonly way: Open;
  /** Present for a restore. */
  readonly restore?: { readonly time?: string };
  readonly reasons: readonly string[];
  readonly alternatives: readonly Alternative[];
}

const made = (signals: StrategySignals, context: ProposeContext, { way, restore, reasons, alternatives }: Chosen): MadeProposal => {
  const { tier, estimates } = context;
  const estimate = restore === undefined ? estimates.promotion : estimates.restore;
  const meetsRpo = way.lossSeconds <= tier.rpoSeconds;
  const meetsRto = estimate.seconds === null ? null : estimate.seconds <= tier.rtoSeconds;
  return {
    outcome: "proposed",
    ...common(signals, context),
    ...(restore === undefined
      ? { strategy: "latest", method: "promotion" }
      : { strategy: "point-in-time", method: "restore", ...(restore.time === undefined ? {} : { time: restore.time }) }),
    expectedLossSeconds: way.lossSeconds,
    lossSource: restore === undefined ? REPLICA_LAG : RESTORE_WINDOW,
    expectedRecoverySeconds: estimate.seconds,
    recoverySource: sourceOf(estimate),
    meetsRpo,
    meetsRto,
    reasons: [
      ...reasons,
      ...objectiveReasons(tier, { lossSeconds: way.lossSeconds, estimate }),
      ...elsewhereReasons(signals),
      ...limitReasons(signals),
    ],
    alternatives: [...alternatives],
  };
};

const none = (
  signals: StrategySignals,
  context: ProposeContext,
  { reasons, alternatives, hint }: Pick<Chosen, "reasons" | "alternatives"> & { readonly hint: string },
): NoProposal => ({
  outcome: "none",
  ...common(signals, context),
  reasons: [...reasons, ...elsewhereReasons(signals)],
  alternatives: [...alternatives],
  hint,
});

const common = ({ system, corruption, unread }: StrategySignals, { tier, now }: ProposeContext) => ({
  schema: "lifeboat/strategy-proposal/1" as const,
  system,
  madeAt: now.toISOString(),
  tier: { name: tier.name, rpoSeconds: tier.rpoSeconds, rtoSeconds: tier.rtoSeconds },
  corruption: corruption.map(({ since, ...sign }) => ({ ...sign, ...(since === undefined ? {} : { since: since.toISOString() }) })),
  confidence: unread.length === 0 ? ("full" as const) : ("partial" as const),
  unknown: [...unread],
});

const promotionOf = (context: ProposeContext, way: Way, whyNot: string): Alternative => ({
  strategy: "latest",
  method: "promotion",
  ...costOf(way, context.estimates.promotion),
  whyNot,
});

const restoreOf = (context: ProposeContext, way: Way, whyNot: string): Alternative => ({
  strategy: "point-in-time",
  method: "restore",
  ...costOf(way, context.estimates.restore),
  whyNot,
});

const costOf = (way: Way, estimate: Estimate) => ({
  expectedLossSeconds: way.lossSeconds ?? null,
  expectedRecoverySeconds: estimate.seconds,
  recoverySource: sourceOf(estimate),
});

const sourceOf = ({ source, note }: Estimate) => ({ source, note });

const REPLICA_LAG = {
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html",
  note: "RDS's ReplicaLag of the standing replica; rises to five minutes where nothing is written",
};

const RESTORE_WINDOW = {
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreWindow.html",
  note: "from the time restored to until now, by the restore window of the automated backups in the recovery region",
};
