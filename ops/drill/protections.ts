import { kmsAuthenticity } from "../../lambdas/shared/authenticity";
import { rdsAutomatedBackups } from "../../lambdas/shared/automated-backups";
import { catalogueOf } from "../../lambdas/shared/catalogue";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import type { Series } from "../../recovery/catalogue/series";
import { listSets } from "../../recovery/catalogue/set";
import { kubernetesSubject, repositorySubject, SECRETS, seriesOfSubject } from "../../recovery/configuration/subjects";
import { catalogueKeyAlias, databaseNames } from "../../recovery/names";
import { type DrillContext, told } from "./context";
import type { Observer } from "./observer";
import { until } from "./polling";
import { CHROMA_NAMESPACE, REGIONS, SYSTEM, vaultBucket } from "./profile";
import { waitForOkAlarms, waitForRestorableTime, waitForUsablePoint } from "./protected";
import type { Loaded, Protection } from "./scenario";

export const PROTECTION_TIMEOUT_SECONDS = 240;

/** The company's repository, in the catalogue. */
export const REPOSITORY_SERIES = seriesOfSubject(repositorySubject(SYSTEM));
/** The objects of the Chroma server's namespace. */
export const OBJECTS_SERIES = seriesOfSubject(kubernetesSubject(CHROMA_NAMESPACE));
/** All that is exported into the vault by a drill's own schedules. */
export const EXPORTED_SERIES: readonly Series[] = ["chroma", "postgres", REPOSITORY_SERIES, seriesOfSubject(SECRETS), OBJECTS_SERIES];

/** The schedules have made a recovery point of the vectors. */
export const provenExport: Protection = (context, loaded) => provenPoint("chroma", loaded.at)(context, loaded);

/** And of all else that is exported. What has not changed since `prod` was deployed is not exported again. */
export const provenExports: Protection = async (context, loaded) => {
  for (const series of EXPORTED_SERIES) {
    const changes = series === "chroma" || series === "postgres";
    await provenPoint(series, changes ? loaded.at : new Date(0))(context, loaded);
  }
};

/** A set pins every store: the schedule that writes them has seen what the others made. */
export const completeSet: Protection = async (context) => {
  const { s3, kms } = context.observers.recovery;
  const catalogue = catalogueOf(s3Objects(s3, vaultBucket), kmsAuthenticity(kms, catalogueKeyAlias(SYSTEM)));
  const look = async () => {
    for await (const { key, set, problem } of listSets(catalogue, SYSTEM)) {
      if (set?.missing.length === 0) return { found: set, seen: set.setId };
      return { seen: problem ?? `${key}: without ${set?.missing.map(({ store, reason }) => `${store} (${reason})`).join("; ")}` };
    }
    return { seen: "no set yet" };
  };
  const hint = "Read the output of recovery-set in the run's ministack.log";
  const question = { what: "a set of recovery points without gaps", look, timeoutSeconds: PROTECTION_TIMEOUT_SECONDS, hint };
  await told(
    context.progress,
    "Waiting for a set across the stores",
    (step) => until(question, context, step.update),
    ({ setId, skewSeconds }) => `${setId}, ${skewSeconds.toFixed(1)} s apart`,
  );
};

const provenPoint =
  (series: Series, notBefore: Date): Protection =>
  async ({ observers, progress, now, signal }) => {
    const { s3, kms } = observers.recovery;
    const authenticator = kmsAuthenticity(kms, catalogueKeyAlias(SYSTEM));
    const question = { recoveryRegionS3: s3, vaultBucket, authenticator, system: SYSTEM, series, notBefore, now, signal };
    await told(
      progress,
      `Waiting for the schedules to make a proven point of ${series}`,
      (step) => waitForUsablePoint({ ...question, timeoutSeconds: PROTECTION_TIMEOUT_SECONDS }, step),
      ({ pointId }) => pointId,
    );
  };

/** The recovery region has what was loaded. */
export const databaseCopies: Protection = (context, loaded) =>
  restorable(context.observers.recovery, "Waiting for the copies of the database's backups", context, loaded);

/** Its own region has. */
export const databaseBackups: Protection = (context, loaded) =>
  restorable(context.observers.primary, "Waiting for the database's backups", context, loaded);

const restorable = async ({ rds }: Observer, label: string, { progress, now, signal }: DrillContext, { at }: Loaded): Promise<void> => {
  const question = {
    backups: rdsAutomatedBackups(rds),
    instance: databaseNames(SYSTEM).instance,
    sourceRegion: REGIONS.primary,
    notBefore: at,
    timeoutSeconds: PROTECTION_TIMEOUT_SECONDS,
    now,
    signal,
  };
  await told(
    progress,
    label,
    (step) => waitForRestorableTime(question, step),
    (latest) => `restorable to ${latest.toISOString()}`,
  );
};

/** An alarm that is still in ALARM from before the first measurement could not announce the disaster. */
export const calmAlarms =
  (alarmNames: readonly string[]): Protection =>
  async ({ watcher, progress, now, signal }) => {
    const question = { cloudwatch: watcher, alarmNames, timeoutSeconds: PROTECTION_TIMEOUT_SECONDS, now, signal };
    await told(progress, "Waiting for the lag alarms to be calm", (step) => waitForOkAlarms(question, step));
  };

/** The application has written for a while: what it wrote just before is what a disaster could take. */
export const steadyWrites =
  (least: number): Protection =>
  async (context, { company }) => {
    const committed = (): number => company.workload.statistics().postgres.acknowledged;
    const before = committed();
    const look = async () => {
      const written = committed() - before;
      return { found: written >= least ? written : undefined, seen: `${written} so far` };
    };
    const hint = "Read the last failure of the writer, and the databases' logs in the run's databases folder";
    const question = { what: `${least} writes of rows`, look, timeoutSeconds: PROTECTION_TIMEOUT_SECONDS, hint };
    await told(
      context.progress,
      "Letting the application write",
      (step) => until(question, context, step.update),
      (written) => `${written} writes of rows`,
    );
  };
