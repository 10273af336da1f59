import type { Tier } from "../objectives";
import type { Estimate } from "./estimates";
import type { CorruptionSign, ReplicaSignal, StrategySignals } from "./signals";
import type { Way } from "./ways";
import { durationText, isoSeconds } from "./wording";

/** Why the fresher way is the fresher one, and what is odd about it. */
export const freshnessReasons = (
  { replica, backups }: StrategySignals,
  { promotion, newest }: { readonly promotion: Way; readonly newest: Way },
): readonly string[] => {
  const restorable = newest.open
    ? `the backups can be restored to ${isoSeconds(newest.asOf)}, ${durationText(newest.lossSeconds)} ago`
    : newest.why;
  const stopped = newest.open && !backups.some(({ replicating }) => replicating);
  const notArriving = stopped ? ["New backups are not known to arrive: the loss of a restore grows with every minute"] : [];
  if (!promotion.open) return [`No promotion: ${promotion.why}`, sentence(restorable), ...notArriving];
  return [
    `${replica?.instance ?? "The replica"} is ${durationText(promotion.lossSeconds)} behind${measured(replica)}; ${restorable}`,
    ...(replica === undefined ? [] : replicaOddities(replica)),
    ...notArriving,
  ];
};

const measured = (replica: ReplicaSignal | undefined): string =>
  replica?.lag === undefined ? "" : ` (measured ${isoSeconds(replica.lag.measuredAt)})`;

const replicaOddities = ({ instance, status, replicating, replicationStatus }: ReplicaSignal): readonly string[] => [
  ...(replicating ? [] : [standsStill(instance, replicationStatus)]),
  ...(status === "available" ? [] : [`RDS calls ${instance} "${status}": it can be promoted once it is available again`]),
];

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html */
const standsStill = (instance: string, replicationStatus: string): string =>
  replicationStatus === "terminated"
    ? `RDS has ended the replication of ${instance} for good: its source was deleted, or nothing arrived for 30 days; what has arrived stays. Was the source deleted? Find out by whom, and whether rows were damaged before`
    : `Nothing new arrives in ${instance} (replication: ${replicationStatus || "no status"}), as is the case when its source is lost; what has arrived stays. Does the primary region work? Then find out why first`;

/** What speaks of damage in the database, and what a restore before it costs. */
export const damageReasons = (
  damage: readonly CorruptionSign[],
  restore?: { readonly since: Date; readonly asOf: Date; readonly lossSeconds: number },
): readonly string[] => [
  ...damage.map(({ evidence, since }) => sentence(`${evidence}${since === undefined ? "" : ` (since ${since.toISOString()})`}`)),
  "The standing replica has copied the same rows at once, so a promotion would keep the damage",
  ...(restore === undefined
    ? []
    : [
        `${isoSeconds(restore.asOf)} is the newest restorable second before ${restore.since.toISOString()}; what was committed in the ${durationText(restore.lossSeconds)} since is lost, sound rows too`,
        "The replica stays as it is beside the new database: sound rows that came later can be copied from it by hand",
        "Documents and vectors go to their newest state at or before the same time",
      ]),
];

/** Whether it meets what was promised; a miss is said as one. */
export const objectiveReasons = (
  tier: Tier & { readonly name: string },
  { lossSeconds, estimate }: { readonly lossSeconds: number; readonly estimate: Estimate },
): readonly string[] => {
  const rpo = `the RPO of tier "${tier.name}", ${durationText(tier.rpoSeconds)}`;
  const rto = `the RTO of tier "${tier.name}", ${durationText(tier.rtoSeconds)}`;
  const [loss, time] = [durationText(lossSeconds), durationText(estimate.seconds ?? 0)];
  return [
    lossSeconds <= tier.rpoSeconds ? `A loss of ${loss} is within ${rpo}` : `A loss of ${loss} MISSES ${rpo}`,
    estimate.seconds === null
      ? `Whether it meets ${rto}, is not known: ${estimate.note}`
      : `A recovery in ${time} ${estimate.seconds <= tier.rtoSeconds ? "is within" : "MISSES"} ${rto}`,
    "The loss counts until now: if the primary stopped earlier, less is lost",
  ];
};

/** Damage to other stores is no reason to take the database back, but nobody should fail over without having looked. */
export const elsewhereReasons = ({ corruption }: StrategySignals): readonly string[] =>
  corruption
    .filter(({ store }) => store !== "postgres")
    .map(({ store, evidence, look }) => `Warning, ${store ?? "this system"}: ${evidence}. ${sentence(look)}`);

/** What a clean look from the recovery region does not prove. */
export const limitReasons = ({ corruption, unread }: StrategySignals): readonly string[] => {
  if (corruption.some(({ store }) => store === "postgres")) return [];
  const read = unread.length === 0 ? "" : " in what could be read";
  return [
    `No sign of damage in PostgreSQL was seen${read}, which is no proof of none: nothing in the recovery region reads the rows. Whoever knows better says --corrupted-since TIME`,
  ];
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
