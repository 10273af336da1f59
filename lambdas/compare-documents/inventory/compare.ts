import { Comparison, ComparisonProgress, countOf, emptyTally, FINDING_KINDS, type Tally } from "../../../recovery/objects/comparison";
import { COPIES, type Place } from "../../../recovery/objects/entries";
import { comparisonKey, comparisonsPrefix, inventoryProgressKey, UNFINISHED_INVENTORIES_PREFIX } from "../../../recovery/objects/keys";
import { lockProblem } from "../../../recovery/objects/locks";
import type { Side } from "../../../recovery/objects/merge";
import { nextStepsOf } from "../../../recovery/objects/next-steps";
import { isInShare } from "../../../recovery/objects/rotation";
import { eachInFlight } from "../../shared/in-flight";
import type { Log } from "../../shared/log";
import type { ObjectStore } from "../../shared/objects";
import { readNewest, toContinue } from "../../shared/passes";
import { putOnce } from "../../shared/put-once";
import { type Examined, type ExamineSettings, type ExamineTools, examine } from "../examine";
import { EXAMINED_AT_MOST, EXAMINED_IN_FLIGHT, lookAt } from "../look";
import { type InventoryReport, newestReport } from "./manifest";
import { type InventoryRow, type OpenFile, rowsOf } from "./rows";

export interface InventoryTools extends ExamineTools {
  readonly vault: ObjectStore;
  /** The bucket with the reports on each bucket, and its files as streams. */
  readonly reports: Readonly<Record<Place, { readonly bucket: ObjectStore; readonly open: OpenFile }>>;
  readonly log: Log;
  readonly goOn: () => boolean;
}

export interface InventorySettings {
  readonly system: string;
  readonly buckets: Comparison["buckets"];
  readonly lagSeconds: number;
  readonly examine: Omit<ExamineSettings, "judgement"> & { readonly replicatesDeletes: boolean };
  readonly rowsInMemory?: number;
}

/**
 * Objects of one share that are in memory at once; a key of each of three reports, some 300 bytes a row. Reports are in no order that a merge could
 * use, so each is read once for every share of the keys: memory stays flat, and time grows with the shares.
 */
const ROWS_IN_MEMORY = 100_000;

type Reports = Readonly<Record<Place, InventoryReport>>;

/** Compares the newest reports of S3 Inventory, once each. Returns the key of the report that it wrote; undefined when there is nothing new, or not the time to finish. */
export const compareInventories = async (tools: InventoryTools, settings: InventorySettings): Promise<string | undefined> => {
  const reports = await newestReports(tools, settings);
  if (reports === undefined) return undefined;
  const takenAt = Math.min(...Object.values(reports).map((report) => report.takenAt.getTime()));
  const judgedBefore = new Date(takenAt - settings.lagSeconds * 1000);
  const last = await readNewest(tools.vault, comparisonsPrefix("inventory"), Comparison);
  if (last !== undefined && last.judgedBefore >= judgedBefore.toISOString()) return undefined;

  const unfinished = toContinue(await readNewest(tools.vault, UNFINISHED_INVENTORIES_PREFIX, ComparisonProgress), last, tools.now());
  const progress =
    unfinished?.judgedBefore === judgedBefore.toISOString() ? unfinished : await beginning(tools, settings, reports, judgedBefore);
  const { tally, index } = await compareShares(tools, settings, reports, progress);
  if (index < progress.rotation.of) {
    const kept: ComparisonProgress = { ...progress, rotation: { index, of: progress.rotation.of }, calls: progress.calls + 1, tally };
    const text = JSON.stringify(kept);
    await putOnce(tools.vault, inventoryProgressKey(tools.now().toISOString(), text), text, { contentType: "application/json" });
    return undefined;
  }
  return finish(tools, settings, progress, tally);
};

const newestReports = async ({ reports }: InventoryTools, { buckets }: InventorySettings): Promise<Reports | undefined> => {
  const [source, replica, locked] = await Promise.all([
    newestReport(reports.source.bucket, buckets.source),
    newestReport(reports.replica.bucket, buckets.replica),
    newestReport(reports.locked.bucket, buckets.locked),
  ]);
  return source === undefined || replica === undefined || locked === undefined ? undefined : { source, replica, locked };
};

const beginning = async (
  tools: InventoryTools,
  { system, rowsInMemory = ROWS_IN_MEMORY }: InventorySettings,
  reports: Reports,
  judgedBefore: Date,
): Promise<ComparisonProgress> => {
  const tally = emptyTally();
  for (const place of ["source", ...COPIES] as const)
    for await (const _row of rowsOf(reports[place], tools.reports[place].open)) tally.objects[place] += 1;
  // What is in the locked copies alone was deleted on purpose, and is kept nowhere here.
  const of = Math.max(1, Math.ceil(Math.max(tally.objects.source, tally.objects.replica) / rowsInMemory));
  const startedAt = tools.now().toISOString();
  const schema = "lifeboat/comparison-progress/1" as const;
  return { schema, system, startedAt, judgedBefore: judgedBefore.toISOString(), rotation: { index: 0, of }, after: null, calls: 0, tally };
};

const compareShares = async (tools: InventoryTools, settings: InventorySettings, reports: Reports, progress: ComparisonProgress) => {
  const { of } = progress.rotation;
  let tally = progress.tally;
  let { index } = progress.rotation;
  for (; index < of && tools.goOn(); index += 1) {
    const ofShare = structuredClone(tally);
    await compareShare(tools, settings, await sidesOf(tools, reports, { index, of }), progress, ofShare);
    tally = ofShare;
  }
  return { tally, index };
};

interface InventoriedSide extends Side {
  readonly locked?: InventoryRow;
}

/** The keys of one share with what each report says of them. Only whole files count: one that is not as its manifest says fails the share. */
const sidesOf = async (tools: InventoryTools, reports: Reports, share: { readonly index: number; readonly of: number }) => {
  const sides = new Map<string, InventoriedSide>();
  for (const place of ["source", ...COPIES] as const)
    for await (const row of rowsOf(reports[place], tools.reports[place].open)) {
      if (!isInShare(row.key, share)) continue;
      const known = sides.get(row.key);
      if (known === undefined && place === "locked") continue;
      sides.set(row.key, { ...known, key: row.key, [place]: row });
    }
  return sides.values();
};

const compareShare = async (
  tools: InventoryTools,
  settings: InventorySettings,
  sides: Iterable<InventoriedSide>,
  { judgedBefore }: ComparisonProgress,
  tally: Tally,
): Promise<void> => {
  const { lockPeriod, replicatesDeletes } = settings.examine;
  const how: ExamineSettings = { lockPeriod, judgement: { judgedBefore: new Date(judgedBefore), replicatesDeletes } };
  await eachInFlight(doubtful(sides, how, tally, tools.now()), EXAMINED_IN_FLIGHT, (examined) => examine(tools, how, tally, examined));
};

/** A lock that a report shows to be short is looked at in its bucket: it may have been renewed since. */
function* doubtful(sides: Iterable<InventoriedSide>, how: ExamineSettings, tally: Tally, now: Date): Iterable<Examined> {
  for (const side of sides) {
    const { locked } = side;
    const short = locked !== undefined && lockProblem(locked.lockedUntil, locked.lastModified, how.lockPeriod, now) !== undefined;
    const examined = lookAt(tally, side, how.judgement, short && tally.sampled < EXAMINED_AT_MOST);
    if (examined !== undefined) yield examined;
  }
}

const finish = async (tools: InventoryTools, { system, buckets }: InventorySettings, progress: ComparisonProgress, tally: Tally) => {
  const { startedAt, judgedBefore, rotation, calls } = progress;
  const report: Comparison = {
    schema: "lifeboat/comparison/1",
    ...{ system, source: "inventory", startedAt, judgedBefore, rotation, buckets, tally },
    finishedAt: tools.now().toISOString(),
    calls: calls + 1,
    rules: [],
    same: countOf(tally, ...FINDING_KINDS) === 0,
    nextSteps: [...nextStepsOf(tally, buckets)],
  };
  const text = JSON.stringify(report);
  const reportKey = comparisonKey("inventory", startedAt, text);
  await putOnce(tools.vault, reportKey, text, { contentType: "application/json" });
  tools.log.info("inventories compared", { reportKey, same: report.same, judged: tally.judged, nextSteps: report.nextSteps });
  return reportKey;
};
