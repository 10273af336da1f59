import { planKey, recoveryResultKey } from "../../recovery/catalogue/keys";
import { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { CatalogueReader } from "../../recovery/catalogue/select";
import { PostgresResult } from "../../recovery/postgres/result";
import type { MeasuredRecovery } from "../../recovery/strategy/estimates";
import { readJson } from "./json";

const RECOVERIES_PREFIX = "catalogue/recoveries/";
/** Recoveries are named at random, so the newest cannot be asked for: of more than these, some newer ones may be missed. */
const MAX_RECOVERIES_READ = 50;

/** What earlier drills and failovers took, by the catalogue: those of which the database became usable and passed its checks. */
export const earlierRecoveries = async (catalogue: CatalogueReader, system: string): Promise<readonly MeasuredRecovery[]> => {
  const measured: MeasuredRecovery[] = [];
  let read = 0;
  for await (const key of catalogue.keys(RECOVERIES_PREFIX)) {
    const recoveryId = recoveryOf(key);
    if (recoveryId === undefined) continue;
    if (read >= MAX_RECOVERIES_READ) break;
    read += 1;
    const found = await measuredRecovery(catalogue, system, recoveryId);
    if (found !== undefined) measured.push(found);
  }
  return measured;
};

const recoveryOf = (key: string): string | undefined => {
  const id = /^catalogue\/recoveries\/([^/]+)\/plan\.json$/.exec(key)?.[1];
  return id !== undefined && planKey(id) === key ? id : undefined;
};

/** Undefined for one that has not ended, of an older form, or of another system. */
const measuredRecovery = async (catalogue: CatalogueReader, system: string, recoveryId: string): Promise<MeasuredRecovery | undefined> => {
  const plan = readJson(RecoveryPlan, (await catalogue.read(planKey(recoveryId))) ?? "").value;
  const planned = plan?.stores.postgres;
  if (plan === undefined || planned === undefined || plan.system !== system) return undefined;
  const result = readJson(PostgresResult, (await catalogue.read(recoveryResultKey(recoveryId, "postgres"))) ?? "").value;
  if (result === undefined || result.recoveryId !== recoveryId || !result.passed) return undefined;
  return { method: planned.method, recoveryId, resolvedAt: new Date(plan.resolvedAt), usableAt: new Date(result.usableAt) };
};
