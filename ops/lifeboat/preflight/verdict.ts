import type { Need } from "./needs";
import { QUOTAS } from "./quotas";

/** What was asked, or why nobody knows. */
export type Answer<T> = { readonly value: T } | { readonly unknown: string };

export type Verdict = "fits" | "short" | "unknown";

/** One line of the preflight. */
export interface Line {
  readonly what: string;
  readonly need: string;
  readonly used: string;
  readonly limit: string;
  readonly verdict: Verdict;
  readonly detail: string;
  readonly source: string;
}

const shown = (amount: number): string => String(Math.round(amount * 100) / 100);
const answered = (answer: Answer<number>): string => ("value" in answer ? shown(answer.value) : "unknown");

/** Only three numbers that are known can fit. */
export const judge = ({ quota, amount, why }: Need, used: Answer<number>, limit: Answer<number>): Line => {
  const { title, service, code, source } = QUOTAS[quota];
  const line = {
    what: `${title} (${service} ${code})`,
    need: amount === undefined ? "unknown" : shown(amount),
    used: answered(used),
    limit: answered(limit),
    source,
  };
  const reasons = [
    ...(amount === undefined ? ["nothing says how much is needed"] : []),
    ...("unknown" in used ? [`use: ${used.unknown}`] : []),
    ...("unknown" in limit ? [`limit: ${limit.unknown}`] : []),
  ];
  if (amount === undefined || "unknown" in used || "unknown" in limit)
    // What is needed at all does not fit into less, whatever is used.
    return amount !== undefined && "value" in limit && amount > limit.value
      ? { ...line, verdict: "short", detail: why }
      : { ...line, verdict: "unknown", detail: reasons.join("; ") };
  const free = limit.value - used.value;
  return amount <= free
    ? { ...line, verdict: "fits", detail: why }
    : { ...line, verdict: "short", detail: `${why}: ${shown(amount - Math.max(0, free))} too few` };
};

/** What RDS offers of a class and a version in one region. */
export interface Offer {
  readonly zones: readonly string[];
  readonly multiAz: boolean;
}

export interface WantedDatabase {
  readonly instanceClass: string;
  readonly engineVersion: Answer<string>;
  readonly multiAz: boolean;
  /** Of the subnets that it may stand in. */
  readonly zones: Answer<readonly string[]>;
}

const ORDERABLE = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html";

/** Whether the database could be had: an offer, not a promise that there is room. */
export const judgeOffers = ({ instanceClass, engineVersion, multiAz, zones }: WantedDatabase, offers: Answer<readonly Offer[]>): Line => {
  const version = "value" in engineVersion ? engineVersion.value : "of unknown version";
  const line = {
    what: `${instanceClass} for PostgreSQL ${version}`,
    need: multiAz ? "2 zones" : "1 zone",
    used: "-",
    source: ORDERABLE,
  };
  const unknown = [engineVersion, zones, offers].flatMap((answer) => ("unknown" in answer ? [answer.unknown] : []));
  if ("unknown" in engineVersion || "unknown" in zones || "unknown" in offers)
    return { ...line, limit: "unknown", verdict: "unknown", detail: [...new Set(unknown)].join("; ") };
  const fitting = offers.value.filter((offer) => offer.multiAz || !multiAz);
  const offered = new Set(fitting.flatMap((offer) => offer.zones));
  const usable = zones.value.filter((zone) => offered.has(zone));
  const limit = `${usable.length} of ${zones.value.length} zones`;
  if (usable.length >= (multiAz ? 2 : 1)) return { ...line, limit, verdict: "fits", detail: `offered in ${usable.join(", ")}` };
  const where = offered.size === 0 ? "nowhere in this region" : `in ${[...offered].sort().join(", ")} only`;
  return { ...line, limit, verdict: "short", detail: `offered ${where}: choose another lifeboat:postgres.instanceClass` };
};
