import { staleness } from "../../recovery/coverage/age";
import type { Protection, ResourceKind } from "../../recovery/coverage/resource";
import { fasterRestoreHint } from "../../recovery/estimates/chroma";
import { databaseNames, recoveredSecretPrefix } from "../../recovery/names";
import { type AutomatedBackups, isReplicating } from "../shared/automated-backups";
import { newestCanary } from "../shared/canary";
import { reasonOf } from "../shared/log";
import type { ObjectStore } from "../shared/objects";
import { outlookOf } from "../shared/restore-outlook";
import { type ConfigurationSources, ofRepositories, ofSecrets, ofState } from "./configuration";
import { claim, exportedCollections, type Standing, standingExport } from "./exports";
import type { CoverageSettings } from "./protected";

export interface EvidenceSources extends ConfigurationSources {
  readonly documentsReplica: ObjectStore;
  readonly automatedBackups: AutomatedBackups;
}

/** What stands for what, by what can be seen of it in the recovery region now; a copy that cannot be looked at protects nothing that anybody knows of. */
export const gatherEvidence = async (sources: EvidenceSources, settings: CoverageSettings): Promise<readonly Protection[]> => {
  const newestExport = standingExport(sources, "chroma", settings.oldest.chroma);
  const [chroma, restoreTime, database, documents, repositories, state, secrets] = await Promise.all([
    attempt("collection", "*", "exports", async () => ofChroma(sources, settings, await newestExport)),
    attempt("restore-time", "chroma", "its exports", async () => ofRestoreTime(sources, settings, await newestExport)),
    attempt("database", settings.databaseInstance, "automated backups", () => ofDatabase(sources, settings)),
    attempt("bucket", settings.documentsBucket, "replication", () => ofDocuments(sources, settings)),
    attempt("repository", "*", "bundles", () => ofRepositories(sources, settings)),
    attempt("bucket", "*", "exports of Pulumi's state", () => ofState(sources, settings)),
    attempt("secret", "*", "replicas and exports", () => ofSecrets(sources, settings)),
  ]);
  return [...own(sources.system, settings), ...chroma, ...restoreTime, ...database, ...documents, ...repositories, ...state, ...secrets];
};

const attempt = async (
  kind: ResourceKind,
  match: string,
  by: string,
  look: () => Promise<readonly Protection[]>,
): Promise<readonly Protection[]> => {
  try {
    return await look();
  } catch (error) {
    return [{ kind, match, by, as: "protected", problem: `that could not be looked at: ${reasonOf(error)}` }];
  }
};

const own = (system: string, { ownBuckets, recoveryRegion }: CoverageSettings): readonly Protection[] => [
  ...ownBuckets.map((match) => ({ kind: "bucket" as const, match, by: "Lifeboat's own: it holds copies", as: "own" as const })),
  { kind: "database", match: databaseNames(system).replica, region: recoveryRegion, by: "Lifeboat's standing replica", as: "own" },
  {
    kind: "secret",
    match: `${recoveredSecretPrefix(system)}*`,
    region: recoveryRegion,
    by: "made by a recovery, as the next one would",
    as: "own",
  },
];

const ofDatabase = async (
  { automatedBackups, now }: EvidenceSources,
  { databaseInstance: match, primaryRegion: region, oldest }: CoverageSettings,
): Promise<readonly Protection[]> => {
  const found = await automatedBackups.find(match, region);
  const restorable = found.flatMap(({ window }) => window?.latest ?? []).sort((a, b) => b.getTime() - a.getTime())[0];
  const by = `replicated automated backups${restorable === undefined ? "" : `, restorable to ${restorable.toISOString()}`}`;
  const problem = found.some(isReplicating)
    ? restorable === undefined
      ? "nothing can be restored yet"
      : staleness(restorable, now(), oldest.database)
    : "no backups are replicated now";
  return [{ kind: "database", match, region, by, as: "protected", ...(problem === undefined ? {} : { problem }) }];
};

const ofDocuments = async (
  { documentsReplica, system, now }: EvidenceSources,
  { documentsBucket: match, oldest }: CoverageSettings,
): Promise<readonly Protection[]> => {
  const canary = await newestCanary(documentsReplica, system);
  const protection = { kind: "bucket", match, as: "protected" } as const;
  const by = `replication to ${documentsReplica.bucket}`;
  if (canary.value === undefined) return [{ ...protection, by, problem: canary.problem }];
  const { writtenAt } = canary.value;
  const problem = staleness(new Date(writtenAt), now(), oldest.documents);
  return [{ ...protection, by: `${by}, all of before ${writtenAt}`, ...(problem === undefined ? {} : { problem }) }];
};

/** The name that a StatefulSet gives to the claims of its server's volume: infra/components/chroma/chromaServer.ts. */
const CHROMA_CLAIM = "data-chroma-*";

const ofChroma = async (
  sources: EvidenceSources,
  { chromaNamespace, primaryRegion }: CoverageSettings,
  standing: Standing,
): Promise<readonly Protection[]> => {
  const volume =
    chromaNamespace === undefined
      ? []
      : [{ ...claim("volume", `pvc:${chromaNamespace}/${CHROMA_CLAIM}`, "its content's exports", standing), region: primaryRegion }];
  if (standing.point === undefined) return [claim("collection", "*", "exports", standing), ...volume];
  const collections = await exportedCollections(sources, standing.point);
  return [...collections.map((match) => claim("collection", match, "exports", standing)), ...volume];
};

/** Whether the newest export would be back in time. A store grows between two deploys, and a drill may measure less than was assumed. */
const ofRestoreTime = async (
  { catalogue, system }: EvidenceSources,
  { chromaRestore }: CoverageSettings,
  standing: Standing,
): Promise<readonly Protection[]> => {
  if (chromaRestore === undefined) return [];
  if (standing.point === undefined) return [claim("restore-time", "chroma", "its exports", standing)];
  const { pointId, reason, rate, meetsRto, volumeSnapshots } = await outlookOf(catalogue, system, chromaRestore, standing.point);
  const protection = { kind: "restore-time", match: "chroma", as: "protected" } as const;
  const exported = `export ${pointId}: ${reason} (${rate})`;
  if (meetsRto) return [{ ...protection, by: exported }];
  if (volumeSnapshots === "on") return [{ ...protection, by: `chroma.volumeSnapshots is set; ${exported}` }];
  return [{ ...protection, by: exported, problem: `nothing faster is configured: ${fasterRestoreHint(volumeSnapshots)}` }];
};
