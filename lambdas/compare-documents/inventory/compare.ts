import { LifeboatError } from "../../../recovery/errors";
import { Comparison, ComparisonProgress, countOf, emptyTally, FINDING_KINDS, type Tally } from "../../../recovery/objects/comparison";
import { COPIES, type Place } from "../../../recovery/objects/entries";
import { comparisonKey, comparisonsPrefix, inventoryProgressKey, UNFINISHED_INVENTORIES_PREFIX } from "../../../recovery/objects/keys";
import { lockProblem } from "../../../recovery/objects/locks";
import type { Side } from "../../../recovery/objects/merge";
import { nextStepsOf } from "../../../recovery/objects/next-steps";
import { eachInFlight } from "../../shared/in-flight";
import type { Log } from "../../shared/log";
import type { ObjectStore } from "../../shared/objects";
import { readNewest, toContinue } from "../../shared/passes";
import { putOnce } from "../../shared/put-once";
import { type Examined, type ExamineSettings, type ExamineTools, examine } from "../examine";
import { EXAMINED_AT_MOST, EXAMINED_IN_FLIGHT, lookAt } from "../look";
import { type InventoryReport, newestReport } from "./manifest";
import { type InventoryRow, type OpenFile, rowsOf } from "./rows";
import { type SpilledRows, withSpilled } from "./spill";

export interface InventoryTools extends ExamineTools {
  readonly vault: ObjectStore;
  /** The bucket with the reports on each bucket, and its files as streams. */
  readonly reports: Readonly<Record<Place, { readonly bucket: ObjectStore; readonly open: OpenFile }>>;
  readonly log: Log;
  readonly goOn: () => boolean;
  /** Where the reports are taken apart; the system's own place for files by default. */
  readonly directory?: string;
}

export interface InventorySettings {
  readonly system: string;
  readonly buckets: Comparison["buckets"];
  readonly lagSeconds: number;
  readonly examine: Omit<ExamineSettings, "judgement"> & { readonly replicatesDeletes: boolean };
  readonly shareBytes?: number;
}

/**
 * Bytes of a report, as it is compressed, whose rows are in memory at once: a key of each of three reports, some 300 bytes a row. Reports are in no order
 * that a merge could use, so they are taken apart by their keys first.
 */
const SHARE_BYTES = 64 * 1024;

/** More would be as many files, and beginnings of them in memory. Beyond it the shares grow: at a hundred million objects each has a hundred thousand of each report. */
const SHARES_AT_MOST = 1024;

/** Calls on the same reports of which none had the time to take them apart. */
const CALLS_IN_VAIN = 6;

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
    unfinished?.judgedBefore === judgedBefore.toISOString() ? unfinished : beginning(settings, reports, judgedBefore, tools.now());
  const { tally, index } = await compareShares(tools, settings, reports, progress);
  if (index === progress.rotation.of) return finish(tools, settings, progress, tally);
  const calls = progress.calls + 1;
  const kept: ComparisonProgress = { ...progress, rotation: { index, of: progress.rotation.of }, calls, tally };
  const text = JSON.stringify(kept);
  await putOnce(tools.vault, inventoryProgressKey(tools.now().toISOString(), text), text, { contentType: "application/json" });
  if (index === 0 && calls >= CALLS_IN_VAIN) throw tooLarge(reports, calls);
  return undefined;
};

/** Somebody must know that nothing is compared so. */
const tooLarge = (reports: Reports, calls: number): LifeboatError =>
  new LifeboatError({
    code: "objective-missed",
    what: "The inventories could not be read within a run",
    received: `${calls} runs, ${Math.max(...Object.values(reports).map(bytesOf))} bytes in the largest report`,
    allowed: "one reading of each report in a run, and the rest in others",
    hint: "Give compare-documents more memory, with which its processor grows, or set lifeboat:documents.inventory to off: the listings are compared all the same",
  });

const bytesOf = ({ files }: InventoryReport): number => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

const newestReports = async ({ reports }: InventoryTools, { buckets }: InventorySettings): Promise<Reports | undefined> => {
  const [source, replica, locked] = await Promise.all([
    newestReport(reports.source.bucket, buckets.source),
    newestReport(reports.replica.bucket, buckets.replica),
    newestReport(reports.locked.bucket, buckets.locked),
  ]);
  return source === undefined || replica === undefined || locked === undefined ? undefined : { source, replica, locked };
};

const beginning = (
  { system, shareBytes = SHARE_BYTES }: InventorySettings,
  { source, replica }: Reports,
  judgedBefore: Date,
  now: Date,
): ComparisonProgress => {
  // What is in the locked copies alone was deleted on purpose, and is kept nowhere here.
  const shares = Math.ceil(Math.max(bytesOf(source), bytesOf(replica)) / shareBytes);
  return {
    ...{ schema: "lifeboat/comparison-progress/1", system, startedAt: now.toISOString(), judgedBefore: judgedBefore.toISOString() },
    ...{ rotation: { index: 0, of: Math.min(SHARES_AT_MOST, Math.max(1, shares)) }, after: null, calls: 0, tally: emptyTally() },
  };
};

/** Compares the shares that are left. Only whole reports count: a file that is not as its manifest says fails the call before anything is compared. */
const compareShares = async (tools: InventoryTools, settings: InventorySettings, reports: Reports, progress: ComparisonProgress) => {
  const { of } = progress.rotation;
  const so = { tally: progress.tally, index: progress.rotation.index };
  const rows = (place: Place): AsyncIterable<InventoryRow> => rowsOf(reports[place], tools.reports[place].open);
  const all = { source: rows("source"), replica: rows("replica"), locked: rows("locked") };
  await withSpilled(tools, all, of, async (spilled) => {
    so.tally.objects = { ...spilled.objects };
    for (; so.index < of && tools.goOn(); so.index += 1) {
      const ofShare = structuredClone(so.tally);
      await compareShare(tools, settings, await sidesOf(spilled, so.index), progress, ofShare);
      so.tally = ofShare;
    }
  });
  return so;
};

interface InventoriedSide extends Side {
  readonly locked?: InventoryRow;
}

/** The keys of one share with what each report says of them. */
const sidesOf = async (spilled: SpilledRows, index: number): Promise<Iterable<InventoriedSide>> => {
  const sides = new Map<string, InventoriedSide>();
  for (const place of ["source", ...COPIES] as const)
    for await (const row of spilled.rows(place, index)) {
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
