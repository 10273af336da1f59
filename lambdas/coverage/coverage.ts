import { type Coverage, coverageOf } from "../../recovery/coverage/compare";
import type { Listing, Protection } from "../../recovery/coverage/resource";
import { METRICS } from "../../recovery/names";
import type { Log } from "../shared/log";
import type { Metrics } from "../shared/metrics";
import type { CoverageEvent } from "./events";
import { type EvidenceSources, gatherEvidence } from "./evidence";
import { collectInventory, type InventorySources } from "./inventory";
import { notLookedAt } from "./not-looked-at";
import type { CoverageSettings } from "./protected";

export interface CoverageTools {
  readonly inventory: InventorySources;
  readonly evidence: EvidenceSources;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export interface LookedAt extends Coverage {
  /** What this run could not see. */
  readonly notLookedAt: readonly string[];
}

/** What exists against what stands for it. What could not be listed or looked at counts as uncovered. */
export const checkCoverage = async (tools: CoverageTools, settings: CoverageSettings, event: CoverageEvent): Promise<LookedAt> => {
  const { log, metrics, now } = tools;
  const [inventory, protections] = await Promise.all([collectInventory(tools.inventory, event), gatherEvidence(tools.evidence, settings)]);
  const whole = { ...inventory, collection: inventory.collection ?? exportedListing(protections) };
  const coverage = coverageOf(whole, protections, settings.exclusions, now());
  for (const { kind, name, region, verdict, reason } of coverage.lines)
    if (verdict === "unprotected" || verdict === "unknown") log.warn("not covered", { kind, name, region, verdict, reason });
  for (const { kind, match, owner } of coverage.unusedExclusions)
    log.warn("an exclusion means nothing that exists", { kind, match, owner });
  if (event.publish)
    await metrics.publish([
      { name: METRICS.uncovered, unit: "Count", value: coverage.uncovered, at: now(), system: tools.evidence.system },
    ]);
  log.info("coverage", { looked: coverage.lines.length, uncovered: coverage.uncovered });
  return { ...coverage, notLookedAt: notLookedAt(settings, event) };
};

/** Where nobody who reaches the server lists the collections, they are those of the newest export, as long as that is not too old to say what there is. */
const exportedListing = (protections: readonly Protection[]): Listing => {
  const exported = protections.filter(({ kind }) => kind === "collection");
  const failing = exported.find(({ problem }) => problem !== undefined);
  if (failing !== undefined) return { problem: `${failing.by}, but ${failing.problem}` };
  return { found: exported.map(({ match: name }) => ({ kind: "collection", name, aliases: [] })) };
};
