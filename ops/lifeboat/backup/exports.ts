import { getText, type ObjectStore } from "../../../lambdas/shared/objects";
import { type ExportFacts, type ExportKind, exportManifestKey } from "../../../recovery/catalogue/export";

/** Names of points sort by their time: a run's own begin within this time before it was asked for, whatever the clocks say. */
const CLOCKS_DIFFER_MS = 15 * 60_000;

/** The exports of a kind in the staging bucket that began lately and have their manifest. */
export const recentExports = async (staging: Pick<ObjectStore, "list">, kind: ExportKind, since: Date): Promise<ReadonlySet<string>> => {
  const from = new Date(since.getTime() - CLOCKS_DIFFER_MS).toISOString().replace(/[-:]|\.\d+/g, "");
  const found = new Set<string>();
  for await (const page of staging.list(kind.prefix, `${kind.prefix}${kind.store}-${from}`))
    for (const { key } of page) {
      const [pointId, file, ...deeper] = key.slice(kind.prefix.length).split("/");
      if (pointId !== undefined && file === "manifest.json" && deeper.length === 0) found.add(pointId);
    }
  return found;
};

/** What an export says of itself; undefined while its manifest is not there. */
export const factsOf = async (staging: ObjectStore, kind: ExportKind, pointId: string): Promise<ExportFacts | undefined> => {
  const text = await getText(staging, exportManifestKey(kind, pointId));
  return text === undefined ? undefined : kind.facts(text);
};
