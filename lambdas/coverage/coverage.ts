import { type Coverage, coverageOf } from "../../recovery/coverage/compare";
import { METRICS } from "../../recovery/names";
import type { Log } from "../shared/log";
import type { Metrics } from "../shared/metrics";
import type { CoverageEvent } from "./events";
import { type EvidenceSources, gatherEvidence } from "./evidence";
import { collectInventory, type InventorySources } from "./inventory";
import type { CoverageSettings } from "./protected";

export interface CoverageTools {
  readonly inventory: InventorySources;
  readonly evidence: EvidenceSources;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

/** What exists against what stands for it. What could not be listed or looked at counts as uncovered. */
export const checkCoverage = async (tools: CoverageTools, settings: CoverageSettings, event: CoverageEvent): Promise<Coverage> => {
  const { log, metrics, now } = tools;
  const [inventory, protections] = await Promise.all([
    collectInventory(tools.inventory, event.collections),
    gatherEvidence(tools.evidence, settings),
  ]);
  const coverage = coverageOf(inventory, protections, settings.exclusions, now());
  for (const { kind, name, region, verdict, reason } of coverage.lines)
    if (verdict === "unprotected" || verdict === "unknown") log.warn("not covered", { kind, name, region, verdict, reason });
  for (const { kind, match, owner } of coverage.unusedExclusions)
    log.warn("an exclusion means nothing that exists", { kind, match, owner });
  if (event.publish)
    await metrics.publish([
      { name: METRICS.uncovered, unit: "Count", value: coverage.uncovered, at: now(), system: tools.evidence.system },
    ]);
  log.info("coverage", { looked: coverage.lines.length, uncovered: coverage.uncovered });
  return coverage;
};
