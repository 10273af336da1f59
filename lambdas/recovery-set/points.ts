import type * as z from "zod";
import type { RecoveryPoint, SealedObject } from "../../recovery/catalogue/point";
import { type CatalogueReader, selectPoint } from "../../recovery/catalogue/select";
import type { Series } from "../../recovery/catalogue/series";
import type { SetStores } from "../../recovery/catalogue/set";
import { ConfigurationManifest } from "../../recovery/configuration/manifest";
import { PostgresDump } from "../../recovery/postgres/dump-manifest";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import { seriesOfStore } from "../shared/series";
import type { Gathered } from "./gathered";

export interface PointSource {
  readonly system: string;
  readonly vault: ObjectStore;
  readonly catalogue: CatalogueReader;
}

type Dump = NonNullable<NonNullable<SetStores["postgres"]>["dump"]>;
type Configuration = NonNullable<SetStores["configuration"]>[number];

interface Pinned {
  readonly point: RecoveryPoint;
  readonly pin: Omit<Configuration, "heads">;
}

/** The newest point of a series that may be restored from, by its entry's own bytes. */
const newestPoint = async ({ system, catalogue }: PointSource, series: Series): Promise<Gathered<Pinned>> => {
  const { chosen, passedOver } = await selectPoint(catalogue, system, series);
  if (chosen === undefined) {
    const [newest] = passedOver;
    if (newest === undefined) return { problem: `${series}: no point has been sealed` };
    return { problem: `${series}: none of ${passedOver.length} points is usable; the newest: ${newest.reason}` };
  }
  const { key: entryKey, point, entrySha256 } = chosen;
  return { found: { point, pin: { series, pointId: point.pointId, entryKey, entrySha256, asOf: point.asOf } } };
};

export const chromaNow = async (source: PointSource): Promise<Gathered<SetStores["chroma"]>> => {
  const { found, problem } = await newestPoint(source, "chroma");
  if (found === undefined) return { problem };
  const { point, pin } = found;
  return { found: { ...pin, windowFinishedAt: point.window.finishedAt, records: point.counts.written } };
};

export const dumpNow = async (source: PointSource): Promise<Gathered<Dump>> => {
  const { found, problem } = await newestPoint(source, "postgres");
  if (found === undefined) return { problem };
  const lsn = lsnOf(await readManifest(source.vault, found.point.manifest, PostgresDump));
  return { found: { ...found.pin, ...(lsn === undefined ? {} : { lsn }) } };
};

/** Each database has a snapshot of its own: the earliest one is what all of them hold. */
const lsnOf = (dump: PostgresDump | undefined): string | undefined =>
  dump?.databases.map(({ snapshot }) => snapshot).sort((a, b) => Date.parse(a.takenAt) - Date.parse(b.takenAt))[0]?.lsn;

const BRANCHES = "refs/heads/";

/** Every subject of the configuration that has points, and the subjects whose newest one cannot be used. */
export const configurationNow = async (
  source: PointSource,
): Promise<{ readonly found: readonly Configuration[]; readonly problems: readonly string[] }> => {
  const found: Configuration[] = [];
  const problems: string[] = [];
  for (const series of await seriesOfStore(source.vault, "configuration")) {
    const newest = await newestPoint(source, series);
    if (newest.found === undefined) problems.push(newest.problem);
    else found.push({ ...newest.found.pin, ...(await headsOf(source.vault, newest.found.point)) });
  }
  return { found, problems };
};

const headsOf = async (vault: ObjectStore, { manifest }: RecoveryPoint): Promise<Pick<Configuration, "heads">> => {
  const content = (await readManifest(vault, manifest, ConfigurationManifest))?.content;
  if (content?.kind !== "repository") return {};
  const branches = Object.entries(content.refs).filter(([name]) => name.startsWith(BRANCHES));
  return { heads: Object.fromEntries(branches.map(([name, commit]) => [name.slice(BRANCHES.length), commit])) };
};

/** The sealed version of a manifest, which was hashed when it was proven; undefined for one of another form. */
const readManifest = async <T>(vault: ObjectStore, { key, versionId }: SealedObject, schema: z.ZodType<T>): Promise<T | undefined> =>
  readJson(schema, (await getText(vault, key, versionId)) ?? "").value;
