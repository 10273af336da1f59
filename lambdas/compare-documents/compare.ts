import {
  Comparison,
  ComparisonProgress,
  countOf,
  emptyTally,
  FINDING_KINDS,
  type RuleStatus,
  type Tally,
} from "../../recovery/objects/comparison";
import { comparisonKey, comparisonProgressKey, comparisonsPrefix, UNFINISHED_COMPARISONS_PREFIX } from "../../recovery/objects/keys";
import type { LockPeriod } from "../../recovery/objects/locks";
import { nextStepsOf } from "../../recovery/objects/next-steps";
import { nextShare } from "../../recovery/objects/rotation";
import { type Log, reasonOf } from "../shared/log";
import type { Metrics } from "../shared/metrics";
import type { ObjectStore } from "../shared/objects";
import { readNewest, toContinue } from "../shared/passes";
import { putOnce } from "../shared/put-once";
import type { CompareDocumentsResponse } from "./events";
import { comparePart, type PartTools } from "./part";
import { PrimaryUnreachable } from "./primary";
import { comparisonAge, comparisonFindings } from "./published";
import type { ReadRuleStatus, ReplicationRule } from "./rules";

export interface CompareTools extends PartTools {
  readonly vault: ObjectStore;
  readonly ruleStatus: ReadRuleStatus;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface CompareSettings {
  readonly system: string;
  readonly buckets: Comparison["buckets"];
  readonly rules: readonly ReplicationRule[];
  /** How long a copy may be on its way before that is a finding. */
  readonly lagSeconds: number;
  readonly replicatesDeletes: boolean;
  readonly lockPeriod: LockPeriod;
  /** In how many comparisons every object is looked at closely once. */
  readonly rotationRuns: number;
}

/**
 * Compares the documents with both of their copies, from where the last call stopped. The report is written once, when all was compared; until then
 * progress is kept beside it. A primary region that does not answer is no failure of this function: nobody is paged twice for one disaster, and the
 * age of the last comparison tells when that goes on.
 */
export const compareDocuments = async (tools: CompareTools, settings: CompareSettings): Promise<CompareDocumentsResponse> => {
  const last = await readNewest(tools.vault, comparisonsPrefix("listing"), Comparison);
  const unfinished = await readNewest(tools.vault, UNFINISHED_COMPARISONS_PREFIX, ComparisonProgress);
  const progress = toContinue(unfinished, last, tools.now()) ?? newComparison(settings, last, tools.now());
  try {
    const { after, tally } = await compareOn(tools, settings, progress);
    if (after === undefined) return await finish(tools, settings, { ...progress, tally });
    await keep(tools, { ...progress, after, tally, calls: progress.calls + 1 });
    await comparisonAge(tools, settings.system, last?.startedAt);
    return { outcome: "continues", found: foundIn(tally) };
  } catch (error) {
    await comparisonAge(tools, settings.system, last?.startedAt);
    if (!(error instanceof PrimaryUnreachable)) throw error;
    tools.log.warn("nothing was compared", { reason: reasonOf(error), lastComparedAt: last?.startedAt });
    return { outcome: "primary-unreachable", found: {}, reason: reasonOf(error) };
  }
};

const newComparison = (settings: CompareSettings, last: Comparison | undefined, now: Date): ComparisonProgress => ({
  schema: "lifeboat/comparison-progress/1",
  system: settings.system,
  startedAt: now.toISOString(),
  judgedBefore: new Date(now.getTime() - settings.lagSeconds * 1000).toISOString(),
  rotation: nextShare(last?.rotation, settings.rotationRuns),
  after: null,
  calls: 0,
  tally: emptyTally(),
});

const compareOn = (tools: CompareTools, { replicatesDeletes, lockPeriod }: CompareSettings, progress: ComparisonProgress) =>
  comparePart(tools, { judgement: { judgedBefore: new Date(progress.judgedBefore), replicatesDeletes }, lockPeriod }, progress);

const keep = async ({ vault, now }: CompareTools, progress: ComparisonProgress): Promise<void> => {
  const text = JSON.stringify(progress);
  await putOnce(vault, comparisonProgressKey(now().toISOString(), text), text, { contentType: "application/json" });
};

const finish = async (
  tools: CompareTools,
  settings: CompareSettings,
  { startedAt, judgedBefore, rotation, calls, tally }: ComparisonProgress,
): Promise<CompareDocumentsResponse> => {
  const report: Comparison = {
    schema: "lifeboat/comparison/1",
    system: settings.system,
    source: "listing",
    ...{ startedAt, judgedBefore, rotation, tally },
    finishedAt: tools.now().toISOString(),
    buckets: settings.buckets,
    calls: calls + 1,
    rules: [...(await statusesOf(tools, settings))],
    same: countOf(tally, ...FINDING_KINDS) === 0,
    nextSteps: [...nextStepsOf(tally, settings.buckets)],
  };
  const text = JSON.stringify(report);
  const reportKey = comparisonKey("listing", startedAt, text);
  await putOnce(tools.vault, reportKey, text, { contentType: "application/json" });
  const inventories = await readNewest(tools.vault, comparisonsPrefix("inventory"), Comparison);
  await comparisonFindings(tools, settings.system, tally, inventories?.tally);
  await comparisonAge(tools, settings.system, startedAt);
  tools.log.info("compared", { reportKey, same: report.same, judged: tally.judged, nextSteps: report.nextSteps });
  return { outcome: "finished", reportKey, found: foundIn(tally) };
};

/** What S3 publishes of its rules is beside the point of a comparison: without it there is still one. */
const statusesOf = async ({ ruleStatus, log, now }: CompareTools, { rules }: CompareSettings): Promise<readonly RuleStatus[]> => {
  const statuses: RuleStatus[] = [];
  for (const rule of rules)
    statuses.push(
      await ruleStatus(rule, now()).catch((error: unknown) => {
        log.warn("a rule's metrics could not be read", { rule: rule.rule, reason: reasonOf(error) });
        return { ...rule };
      }),
    );
  return statuses;
};

const foundIn = (tally: Tally): CompareDocumentsResponse["found"] =>
  Object.fromEntries(FINDING_KINDS.map((kind) => [kind, countOf(tally, kind)]).filter(([, count]) => count !== 0));
