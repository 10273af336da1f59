import { seriesPrefix } from "../../recovery/catalogue/keys";
import { type CatalogueReader, judge } from "../../recovery/catalogue/select";
import { METRICS } from "../../recovery/names";
import type { Store } from "../../recovery/store";
import type { Log } from "../shared/log";
import type { Metrics } from "../shared/metrics";
import { type DocumentVersions, documentSigns } from "../shared/signs/documents";
import { DEFAULT_RECORD_FALL, pointSigns } from "../shared/signs/points";

export interface DamageTools {
  readonly system: string;
  readonly catalogue: CatalogueReader;
  readonly documentsReplica: DocumentVersions;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export interface Damage {
  readonly store: Store;
  readonly evidence: string;
}

/** The newest point may wait to be read back: behind it there must still be two to compare. A sign of an older pair was told when that was the newest. */
const POINTS_COMPARED = 3;

/**
 * Looks for content that shrank or changed as nobody's daily work does: vectors and rows that fell by half from one proven point to the next, documents
 * of which half were deleted or overwritten within a day. Every store's number is published, zeros too. What is wrong in other ways is not seen.
 */
export const lookForDamage = async (tools: DamageTools, expects: { readonly dumps: boolean }): Promise<readonly Damage[]> => {
  const { system, catalogue, documentsReplica, metrics, log } = tools;
  const at = tools.now();
  const looks: readonly (readonly [Store, () => Promise<readonly string[]>])[] = [
    ["chroma", () => fallenVectors(catalogue, system)],
    ["objects", async () => (await documentSigns(documentsReplica, { now: at })).map(({ evidence }) => evidence)],
    ...(expects.dumps ? ([["postgres", () => fallenRows(catalogue, system)]] as const) : []),
  ];
  const found: Damage[] = [];
  for (const [store, look] of looks) {
    const signs = await look();
    for (const evidence of signs) {
      log.error("a store's content may be damaged", { store, evidence });
      found.push({ store, evidence });
    }
    await metrics.publish([{ name: METRICS.damageSigns, unit: "Count", value: signs.length, at, system, store }]);
  }
  return found;
};

const fallenVectors = async (catalogue: CatalogueReader, system: string): Promise<readonly string[]> => {
  const signs = await pointSigns(catalogue, { system, recordFall: DEFAULT_RECORD_FALL, maxPoints: POINTS_COMPARED });
  return signs.flatMap(({ kind, evidence }) => (kind === "record-fall" ? [evidence] : []));
};

/** Of the newest two proven dumps. Their rows were counted in their own snapshots. */
const fallenRows = async (catalogue: CatalogueReader, system: string): Promise<readonly string[]> => {
  const points = [];
  let looked = 0;
  for await (const key of catalogue.keys(seriesPrefix("postgres"))) {
    looked += 1;
    const { usable, point } = await judge(catalogue, system, "postgres", key);
    if (usable && point !== undefined) points.push(point);
    if (points.length === 2 || looked === POINTS_COMPARED) break;
  }
  const [newer, older] = points;
  if (newer === undefined || older === undefined || older.counts.written === 0) return [];
  const fallen = older.counts.written - newer.counts.written;
  if (fallen < DEFAULT_RECORD_FALL * older.counts.written) return [];
  const percent = Math.round((fallen / older.counts.written) * 100);
  return [`the rows fell by ${percent} %, from ${older.counts.written} in ${older.pointId} to ${newer.counts.written} in ${newer.pointId}`];
};
