import type * as z from "zod";
import type { RecoveryPoint } from "../../recovery/catalogue/point";
import { type CatalogueReader, selectPoint } from "../../recovery/catalogue/select";
import type { Series } from "../../recovery/catalogue/series";
import { ChromaManifest } from "../../recovery/chroma/manifest";
import { ConfigurationManifest } from "../../recovery/configuration/manifest";
import { type AgeLimit, staleness } from "../../recovery/coverage/age";
import type { Protection, ResourceKind } from "../../recovery/coverage/resource";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";

export interface ExportSources {
  readonly system: string;
  readonly catalogue: CatalogueReader;
  readonly vault: ObjectStore;
  readonly now: () => Date;
}

/** What the newest usable export of a series says of itself, or why there is none. */
export type Standing =
  | {
      readonly point: RecoveryPoint;
      readonly by: string;
      /** Why it protects nothing now, although it could be restored from. */
      readonly problem?: string;
    }
  | { readonly point?: undefined; readonly problem: string };

export const standingExport = async ({ system, catalogue, now }: ExportSources, series: Series, oldest: AgeLimit): Promise<Standing> => {
  const { chosen, passedOver } = await selectPoint(catalogue, system, series);
  if (chosen !== undefined) {
    const { point } = chosen;
    const problem = staleness(new Date(point.asOf), now(), oldest);
    return { point, by: `proven export ${point.pointId} as of ${point.asOf}`, ...(problem === undefined ? {} : { problem }) };
  }
  const [newest] = passedOver;
  return { problem: newest === undefined ? `no point of ${series} has been sealed` : `no point of ${series} is usable: ${newest.reason}` };
};

/** A protection by exports, with what is wrong with them. */
export const claim = (kind: ResourceKind, match: string, by: string, standing: Standing): Protection => ({
  ...{ kind, match, by: standing.point === undefined ? by : standing.by, as: "protected" },
  ...(standing.problem === undefined ? {} : { problem: standing.problem }),
});

/** The collections of an export, as `tenant/database/name`. */
export const exportedCollections = async (sources: ExportSources, point: RecoveryPoint): Promise<readonly string[]> => {
  const manifest = await manifestOf(sources, point, ChromaManifest);
  return (manifest?.collections ?? []).map(({ tenant, database, name }) => `${tenant}/${database}/${name}`);
};

/** The secrets of an export, by name. */
export const exportedSecrets = async (sources: ExportSources, point: RecoveryPoint): Promise<readonly string[]> => {
  const content = (await manifestOf(sources, point, ConfigurationManifest))?.content;
  return content?.kind === "secrets" ? content.records.map(({ name }) => name) : [];
};

/** By the version that was sealed and proven. */
const manifestOf = async <T>({ vault }: ExportSources, { manifest }: RecoveryPoint, schema: z.ZodType<T>): Promise<T | undefined> =>
  readJson(schema, (await getText(vault, manifest.key, manifest.versionId)) ?? "").value;
