import * as z from "zod";
import { STORES, type Store } from "../store";
import { type CatalogueReader, firstAuthentic } from "./authentic";
import { Sha256 } from "./export";
import { entryName } from "./keys";
import { skewSeconds } from "./plan";
import { isSeries } from "./series";

export const SETS_PREFIX = "catalogue/sets/";

export const setKey = (takenAt: string, setId: string): string => `${SETS_PREFIX}${entryName(takenAt, setId)}`;

/** A proven export by its entry in the catalogue; the digest makes the entry a part of the set. */
const PinnedPoint = z.object({
  series: z.string().refine(isSeries, "a series of recovery points"),
  pointId: z.string(),
  entryKey: z.string(),
  entrySha256: Sha256,
  asOf: z.iso.datetime(),
});

const PostgresState = z.object({
  /** What the replicated automated backups can be restored to; absent while there are none. */
  restorable: z
    .object({
      automatedBackupsArn: z.string(),
      sourceResourceId: z.string(),
      earliest: z.iso.datetime(),
      latest: z.iso.datetime(),
    })
    .optional(),
  /** The standing replica; `asOf` is an estimate: the time of the set less the lag. */
  replica: z.object({ instance: z.string(), lagSeconds: z.number().nonnegative(), asOf: z.iso.datetime() }).optional(),
  /** The newest proven dump. `lsn` is PostgreSQL's, at its snapshot: WAL before it is in the dump. */
  dump: PinnedPoint.extend({ lsn: z.string().optional() }).optional(),
});

const ObjectsState = z.object({
  bucket: z.string(),
  /** The watermark: every document that was written before `asOf` has arrived, and a bucket taken back to it holds the versions up to `arrivedAt`. */
  asOf: z.iso.datetime(),
  arrivedAt: z.iso.datetime(),
  canaryVersionId: z.string(),
});

const ConfigurationState = PinnedPoint.extend({
  /** Of a repository: its branches, each with its commit. */
  heads: z.record(z.string(), z.string()).optional(),
});

/**
 * What stood in the recovery region at one time, of every store: where a recovery of all of them could go. Written once an hour, signed, and locked as
 * long as exports are.
 */
export const RecoverySet = z.object({
  schema: z.literal("lifeboat/recovery-set/1"),
  system: z.string(),
  setId: z.string(),
  takenAt: z.iso.datetime(),
  stores: z.object({
    postgres: PostgresState.optional(),
    objects: ObjectsState.optional(),
    chroma: PinnedPoint.extend({ windowFinishedAt: z.iso.datetime(), records: z.int().nonnegative() }).optional(),
    configuration: z.array(ConfigurationState).optional(),
  }),
  /** The time that each store would be recovered to. Configuration is not among them: it has a point only when it changed, so its age says nothing. */
  asOf: z.partialRecord(z.enum(STORES), z.iso.datetime()),
  /** Seconds between the earliest and the latest of these times: references across it may be broken. */
  skewSeconds: z.number().nonnegative(),
  /** What is not in it, and why; a set without gaps has none. */
  missing: z.array(z.object({ store: z.enum(STORES), reason: z.string() })),
});
export type RecoverySet = z.infer<typeof RecoverySet>;
export type SetStores = RecoverySet["stores"];

/** The times of a set's stores, and what follows from them. Of PostgreSQL the newest of what stands counts: it is what a recovery would take. */
export const timesOf = ({ postgres, objects, chroma }: SetStores): Pick<RecoverySet, "asOf" | "skewSeconds"> => {
  const database = [postgres?.restorable?.latest, postgres?.replica?.asOf, postgres?.dump?.asOf]
    .filter((time) => time !== undefined)
    .reduce<string | undefined>(
      (newest, time) => (newest === undefined || Date.parse(time) > Date.parse(newest) ? time : newest),
      undefined,
    );
  const known: readonly (readonly [Store, string | undefined])[] = [
    ["postgres", database],
    ["objects", objects?.asOf],
    ["chroma", chroma?.asOf],
  ];
  const asOf = Object.fromEntries(known.flatMap(([store, time]) => (time === undefined ? [] : [[store, time]])));
  return { asOf, skewSeconds: skewSeconds(Object.values(asOf)) };
};

/** A set as it is listed, or why nothing under its key is one. */
export interface ListedSet {
  readonly key: string;
  readonly set?: RecoverySet;
  readonly problem?: string;
}

/** Sets from the newest on, read one by one: who stops early reads no more. What is no authentic set of the system is named. */
export async function* listSets(catalogue: CatalogueReader, system: string): AsyncIterable<ListedSet> {
  for await (const key of catalogue.keys(SETS_PREFIX)) yield await readSet(catalogue, system, key);
}

const readSet = async (catalogue: CatalogueReader, system: string, key: string): Promise<ListedSet> => {
  const { first, strangers } = await firstAuthentic(catalogue, RecoverySet, key);
  if (first === undefined) return { key, problem: strangers[0] ?? "it is gone" };
  const set = first.value;
  if (set.system !== system) return { key, problem: `it is of system ${set.system}` };
  const own = setKey(set.takenAt, set.setId);
  return key === own ? { key, set } : { key, problem: `it is not under its own key, ${own}` };
};
