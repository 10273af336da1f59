import { pulumiStateSubject, repositorySubject, SECRETS, seriesOfSubject } from "../../recovery/configuration/subjects";
import type { Protection, ResourceKind } from "../../recovery/coverage/resource";
import { databaseNames, recoveredSecretPrefix } from "../../recovery/names";
import { type AutomatedBackups, isReplicating } from "../shared/automated-backups";
import { newestCanary } from "../shared/canary";
import { reasonOf } from "../shared/log";
import type { ObjectStore } from "../shared/objects";
import type { ListedSecret } from "./aws/secrets";
import { type ExportSources, exportedCollections, exportedSecrets, type Standing, standingExport } from "./exports";
import type { CoverageSettings } from "./protected";

export interface EvidenceSources extends ExportSources {
  readonly documentsReplica: ObjectStore;
  readonly automatedBackups: AutomatedBackups;
  secrets(region: string): Promise<readonly ListedSecret[]>;
}

/** What stands for what, by what can be seen of it in the recovery region now; a copy that cannot be looked at protects nothing that anybody knows of. */
export const gatherEvidence = async (sources: EvidenceSources, settings: CoverageSettings): Promise<readonly Protection[]> => {
  const [chroma, database, documents, repositories, state, secrets] = await Promise.all([
    attempt("collection", "*", "exports", () => ofChroma(sources, settings)),
    attempt("database", settings.databaseInstance, "automated backups", () => ofDatabase(sources, settings)),
    attempt("bucket", settings.documentsBucket, "replication", () => ofDocuments(sources, settings)),
    attempt("repository", "*", "bundles", () => ofRepositories(sources, settings)),
    attempt("bucket", "*", "exports of Pulumi's state", () => ofState(sources, settings)),
    attempt("secret", "*", "replicas and exports", () => ofSecrets(sources, settings)),
  ]);
  return [...own(sources.system, settings), ...chroma, ...database, ...documents, ...repositories, ...state, ...secrets];
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
  { automatedBackups }: EvidenceSources,
  { databaseInstance: match, primaryRegion: region }: CoverageSettings,
): Promise<readonly Protection[]> => {
  const found = await automatedBackups.find(match, region);
  const restorable = found.flatMap(({ window }) => window?.latest ?? []).sort((a, b) => b.getTime() - a.getTime())[0];
  const by = `replicated automated backups${restorable === undefined ? "" : `, restorable to ${restorable.toISOString()}`}`;
  const problem = found.some(isReplicating)
    ? restorable === undefined
      ? "nothing can be restored yet"
      : undefined
    : "no backups are replicated now";
  return [{ kind: "database", match, region, by, as: "protected", ...(problem === undefined ? {} : { problem }) }];
};

const ofDocuments = async (
  { documentsReplica, system }: EvidenceSources,
  { documentsBucket: match }: CoverageSettings,
): Promise<readonly Protection[]> => {
  const canary = await newestCanary(documentsReplica, system);
  const by = `replication to ${documentsReplica.bucket}`;
  return [
    canary.value === undefined
      ? { kind: "bucket", match, by, as: "protected", problem: canary.problem }
      : { kind: "bucket", match, by: `${by}, all of before ${canary.value.writtenAt}`, as: "protected" },
  ];
};

/** The name that a StatefulSet gives to the claims of its server's volume: infra/components/chroma/chromaServer.ts. */
const CHROMA_CLAIM = "data-chroma-*";

const ofChroma = async (sources: EvidenceSources, { chromaNamespace, primaryRegion }: CoverageSettings): Promise<readonly Protection[]> => {
  const standing = await standingExport(sources, "chroma");
  const volume =
    chromaNamespace === undefined
      ? []
      : [{ ...claim("volume", `pvc:${chromaNamespace}/${CHROMA_CLAIM}`, "its content's exports", standing), region: primaryRegion }];
  if (standing.point === undefined) return [claim("collection", "*", "exports", standing), ...volume];
  const { by } = standing;
  const collections = await exportedCollections(sources, standing.point);
  return [...collections.map((match) => ({ kind: "collection" as const, match, by, as: "protected" as const })), ...volume];
};

const ofRepositories = (sources: EvidenceSources, { repositories }: CoverageSettings): Promise<readonly Protection[]> =>
  Promise.all(
    repositories.map(async (name) =>
      claim("repository", name, "bundles", await standingExport(sources, seriesOfSubject(repositorySubject(name)))),
    ),
  );

const ofState = (sources: EvidenceSources, { stateBuckets }: CoverageSettings): Promise<readonly Protection[]> =>
  Promise.all(
    stateBuckets.map(async ({ stack, bucket }) =>
      claim("bucket", bucket, "exports of Pulumi's state", await standingExport(sources, seriesOfSubject(pulumiStateSubject(stack)))),
    ),
  );

const ofSecrets = async (sources: EvidenceSources, { primaryRegion, recoveryRegion }: CoverageSettings): Promise<readonly Protection[]> => {
  const copies = (await sources.secrets(recoveryRegion)).filter((secret) => secret.primaryRegion === primaryRegion);
  const standing = await standingExport(sources, seriesOfSubject(SECRETS));
  const exported = standing.point === undefined ? [] : await ofExportedSecrets(sources, standing, primaryRegion);
  return [
    ...copies.flatMap(({ name: match }): Protection[] => [
      { kind: "secret", match, region: primaryRegion, by: `a replica in ${recoveryRegion}`, as: "protected" },
      { kind: "secret", match, region: recoveryRegion, by: `a replica of the one in ${primaryRegion}`, as: "own" },
    ]),
    ...exported,
  ];
};

const ofExportedSecrets = async (
  sources: EvidenceSources,
  { point, by }: Extract<Standing, { readonly by: string }>,
  region: string,
): Promise<readonly Protection[]> =>
  (await exportedSecrets(sources, point)).map((match) => ({ kind: "secret", match, region, by, as: "protected" }));

const claim = (kind: ResourceKind, match: string, by: string, standing: Standing): Protection =>
  standing.point === undefined
    ? { kind, match, by, as: "protected", problem: standing.problem }
    : { kind, match, by: standing.by, as: "protected" };
