import { join } from "node:path";
import { rootCredentials } from "../../../local/emulator";
import { type Judged, selectPoint } from "../../../recovery/catalogue/select";
import { type Series, storeOf } from "../../../recovery/catalogue/series";
import { listSets } from "../../../recovery/catalogue/set";
import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { STORES } from "../../../recovery/store";
import { connectVault, type VaultConnection } from "../../lifeboat/vault";
import type { DrillContext } from "../context";
import { REGIONS, SYSTEM } from "../profile";
import { EXPORTED_SERIES, OBJECTS_SERIES, REPOSITORY_SERIES } from "../protections";
import { check, failedStep } from "../scenario";
import { clonedBundle } from "./bundle";
import { type DumpTarget, restoredDump } from "./dump";
import { openedObjects } from "./objects";

export interface VaultQuestion {
  /** What is in the vault must be of before. */
  readonly disasterAt: Date;
  /** The recovered server, where the dump is restored beside the recovered database. */
  readonly server: DumpTarget;
  /** Every ref that the company's repository has. */
  readonly refs: Readonly<Record<string, string>>;
}

/** What the vault gives once the region is gone: the newest point of every series is usable; the dump is restored, the repository cloned, and a namespace's objects opened, from it alone. */
export const vaultChecks = async (context: DrillContext, question: VaultQuestion): Promise<readonly EvidenceCheck[]> => {
  const access = { endpoint: context.aws.gateway.url, credentials: rootCredentials };
  const connection = await connectVault(access, { system: SYSTEM, recoveryRegion: REGIONS.recovery });
  try {
    const usable = [];
    for (const series of EXPORTED_SERIES) usable.push(await usableCheck(connection, series, question.disasterAt));
    const dump = await attempted("the dump restored from the vault", () => restoredDump(context, connection, question.server));
    const bundle = await attempted("the repository cloned from the vault", () =>
      clonedBundle(connection, { series: REPOSITORY_SERIES, refs: question.refs, folder: join(context.runDir, "from-the-vault") }),
    );
    const objects = await attempted("the namespace's objects opened from the vault", () =>
      openedObjects(context, connection, { series: OBJECTS_SERIES, kinds: CHROMA_KINDS, folder: join(context.runDir, "from-the-vault") }),
    );
    return [...usable, await setCheck(connection, question.disasterAt), ...dump, ...bundle, ...objects];
  } finally {
    connection.close();
  }
};

/** What the namespace of the Chroma server holds, whatever else. */
const CHROMA_KINDS = ["Namespace", "StatefulSet", "Service", "NetworkPolicy", "PodDisruptionBudget", "PersistentVolumeClaim"];

const usableCheck = async ({ catalogue }: VaultConnection, series: Series, disasterAt: Date): Promise<EvidenceCheck> => {
  const { chosen, passedOver } = await selectPoint(catalogue, SYSTEM, series, disasterAt);
  const actual = chosen === undefined ? `none: ${reasons(passedOver)}` : `${chosen.point.pointId}, as of ${chosen.point.asOf}`;
  return check(storeOf(series), `${series}: a proven point in the vault`, "of before the disaster", actual, chosen !== undefined);
};

/** What an hourly set pins of every store, with the skew between them that it measured. */
const setCheck = async ({ catalogue }: VaultConnection, disasterAt: Date): Promise<EvidenceCheck> => {
  const name = "the newest set across the stores";
  const wanted = STORES.length;
  for await (const { key, set, problem } of listSets(catalogue, SYSTEM)) {
    if (set === undefined) return check("recovery", name, `${wanted} stores`, `${key}: ${problem}`, false);
    if (Date.parse(set.takenAt) >= disasterAt.getTime()) continue;
    const stores = Object.values(set.stores).filter((store) => store !== undefined).length;
    const gaps = set.missing.map(({ store, reason }) => `${store}: ${reason}`).join("; ");
    const actual = `${set.setId}: ${stores} stores, ${set.skewSeconds.toFixed(1)} s apart${gaps === "" ? "" : `; ${gaps}`}`;
    return check("recovery", name, `${wanted} stores`, actual, stores === wanted && set.missing.length === 0);
  }
  return check("recovery", name, `${wanted} stores`, "none of before the disaster", false);
};

const reasons = (passedOver: readonly Judged[]): string =>
  passedOver.length === 0
    ? "no entry"
    : passedOver
        .slice(0, 5)
        .map(({ key, reason }) => `${key}: ${reason}`)
        .join("; ");

const attempted = async (name: string, work: () => Promise<readonly EvidenceCheck[]>): Promise<readonly EvidenceCheck[]> => {
  try {
    return await work();
  } catch (error) {
    return [failedStep(name, error)];
  }
};
