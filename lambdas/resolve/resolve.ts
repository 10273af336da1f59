import type { Authenticator } from "../../recovery/catalogue/authenticity";
import { planKey } from "../../recovery/catalogue/keys";
import { type RecoveryPlan, skewSeconds } from "../../recovery/catalogue/plan";
import { LifeboatError } from "../../recovery/errors";
import type { AutomatedBackups } from "../shared/automated-backups";
import { catalogueOf } from "../shared/catalogue";
import type { Log } from "../shared/log";
import type { ObjectStore } from "../shared/objects";
import { findPlan, requirePlan } from "../shared/plans";
import type { ReplicaSources } from "../shared/standing-replica";
import { chooseChroma } from "./chroma";
import type { ResolveEvent } from "./events";
import { chooseObjects } from "./objects";
import { choosePostgres, choosePromotion } from "./postgres";

export interface ResolveTools {
  readonly system: string;
  /** Only to tell the protected database's backups from those of another of its name: nothing is asked there. */
  readonly primaryRegion: string;
  /** Its identifier: its automated backups are found by it. */
  readonly databaseInstance: string;
  readonly automatedBackups: AutomatedBackups;
  readonly replica: ReplicaSources;
  readonly vault: ObjectStore;
  readonly authenticator: Authenticator;
  readonly documentsReplica: ObjectStore;
  /** Whether the documents' bucket was there before its protection, so that a job had to bring what it held. */
  readonly hasBackfill: boolean;
  readonly log: Log;
  readonly now: () => Date;
}

/** Decides once what a recovery restores, and pins it: whoever asks again, or at the same time, gets the plan that was written first. */
export const resolve = async (tools: ResolveTools, event: ResolveEvent): Promise<RecoveryPlan> => {
  const pinned = await findPlan(tools.vault, tools.system, event.recoveryId);
  if (pinned !== undefined) return sameRequest(pinned, event);
  const plan = await choose(tools, event);
  const put = await tools.vault.put(planKey(event.recoveryId), JSON.stringify(plan), { contentType: "application/json", ifAbsent: true });
  if (put.written) {
    const incomplete = plan.stores.objects?.incompleteBackfill;
    if (incomplete !== undefined) tools.log.warn("documents of before the protection may be missing", { reason: incomplete.reason });
    return plan;
  }
  return sameRequest(await requirePlan(tools.vault, tools.system, event.recoveryId), event);
};

const choose = async (tools: ResolveTools, event: ResolveEvent): Promise<RecoveryPlan> => {
  const { system, vault, authenticator, now } = tools;
  const resolvedAt = now();
  const time = event.time === undefined ? undefined : new Date(event.time);
  const wanted = new Set(event.stores);
  const postgres = wanted.has("postgres") ? await chooseDatabase(tools, event, { time, now: resolvedAt }) : undefined;
  const chroma = wanted.has("chroma") ? await chooseChroma(catalogueOf(vault, authenticator), system, time) : undefined;
  const objects = wanted.has("objects") ? await chooseObjects(tools, time) : undefined;
  const problems = [postgres, chroma, objects].flatMap((choice) => choice?.problem ?? []);
  if (problems.length > 0) throw noPoint(problems, event);
  const stores = { postgres: postgres?.chosen, chroma: chroma?.chosen, objects: objects?.chosen };
  return {
    schema: "lifeboat/recovery-plan/1",
    system,
    recoveryId: event.recoveryId,
    mode: event.mode,
    strategy: event.strategy,
    requestedTime: event.time,
    resolvedAt: resolvedAt.toISOString(),
    stores,
    skewSeconds: skewSeconds(Object.values(stores).flatMap((store) => store?.asOf ?? [])),
  };
};

const chooseDatabase = (tools: ResolveTools, event: ResolveEvent, when: { readonly time?: Date; readonly now: Date }) =>
  event.database === "promotion"
    ? choosePromotion(tools.replica, tools.system, when.now)
    : choosePostgres(tools.automatedBackups, tools, when);

const sameRequest = (plan: RecoveryPlan, event: ResolveEvent): RecoveryPlan => {
  const method = event.stores.includes("postgres") ? event.database : undefined;
  const planned = describe({ ...plan, time: plan.requestedTime, method: plan.stores.postgres?.method, stores: Object.keys(plan.stores) });
  const asked = describe({ ...event, method });
  if (planned === asked) return plan;
  throw new LifeboatError({
    code: "target-refused",
    what: `Recovery ${event.recoveryId} is pinned to another request`,
    received: asked,
    allowed: planned,
    hint: "Set the configuration back, or give the new request a recovery id of its own",
  });
};

interface Request {
  readonly mode: string;
  readonly strategy: string;
  readonly time?: string;
  readonly method?: string;
  readonly stores: readonly string[];
}

const describe = ({ mode, strategy, time, method, stores }: Request): string =>
  `${mode}, ${strategy}${time === undefined ? "" : ` ${time}`}${method === undefined ? "" : `, database by ${method}`}, stores ${[...stores].sort().join(", ")}`;

const noPoint = (problems: readonly string[], event: ResolveEvent): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: "There is no state to recover to of every store that was asked for",
    received: problems.join("; "),
    allowed:
      event.time === undefined
        ? "a restorable time of the database, and of the others a state that has arrived and was proven"
        : `a database that can be restored to ${event.time}, and of the others such a state of then or earlier`,
    hint: "With strategy point-in-time, ask for a time that is usable; otherwise the seal, verify and watch functions' logs say why nothing is",
  });
