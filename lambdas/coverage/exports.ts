import type * as z from "zod";
import type { RecoveryPoint } from "../../recovery/catalogue/point";
import { type CatalogueReader, selectPoint } from "../../recovery/catalogue/select";
import type { Series } from "../../recovery/catalogue/series";
import { ChromaManifest } from "../../recovery/chroma/manifest";
import { ConfigurationManifest } from "../../recovery/configuration/manifest";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";

export interface ExportSources {
  readonly system: string;
  readonly catalogue: CatalogueReader;
  readonly vault: ObjectStore;
}

/** What the newest usable export of a series says of itself, or why there is none. */
export type Standing =
  | { readonly point: RecoveryPoint; readonly by: string; readonly problem?: undefined }
  | { readonly point?: undefined; readonly problem: string };

export const standingExport = async ({ system, catalogue }: ExportSources, series: Series): Promise<Standing> => {
  const { chosen, passedOver } = await selectPoint(catalogue, system, series);
  if (chosen !== undefined) return { point: chosen.point, by: `proven export ${chosen.point.pointId} as of ${chosen.point.asOf}` };
  const [newest] = passedOver;
  return { problem: newest === undefined ? `no point of ${series} has been sealed` : `no point of ${series} is usable: ${newest.reason}` };
};

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
