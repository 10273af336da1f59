import { promotionClaimKey, promotionKey } from "../../recovery/catalogue/keys";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import { Promotion, PromotionClaim } from "../../recovery/postgres/promotion";
import type { DatabaseLogin } from "../shared/database";
import type { Replica, ReplicaReader } from "../shared/database-replica";
import type { Deadline } from "../shared/deadline";
import { readJson } from "../shared/json";
import type { Log } from "../shared/log";
import { getText, type ObjectStore } from "../shared/objects";
import { requirePlan } from "../shared/plans";
import type { PromoteEvent } from "./events";
import type { ReplicaControl } from "./replica-control";

export interface PromoteTools {
  readonly system: string;
  readonly vault: ObjectStore;
  readonly replicas: ReplicaReader;
  readonly control: ReplicaControl;
  readonly findLogin: (endpoint: DatabaseEndpoint) => Promise<DatabaseLogin>;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<void>;
  readonly deadline: Deadline;
  readonly log: Log;
}

export type PlannedPromotion = Extract<NonNullable<RecoveryPlan["stores"]["postgres"]>, { method: "promotion" }>;

const POLL_MS = 2_000;

/**
 * Makes the pinned replica a database of its own. Called again, at any point, it goes on where it stands: a replica that follows nobody any more is
 * not promoted twice. Nothing but this very replica is touched, and only by the recovery that claimed it.
 */
export const promote = async (tools: PromoteTools, event: PromoteEvent): Promise<Promotion> => {
  const { system, vault, now, control } = tools;
  const startedAt = now().toISOString();
  const planned = requirePromotion(await requirePlan(vault, system, event.recoveryId));
  const kept = await keptPromotion(vault, event);
  if (kept !== undefined) return kept;
  const replica = await requireReplica(tools, planned, event.endpoint);
  // Read first: a replica that is promoted and has no password that anybody knows serves nobody.
  const { password } = await tools.findLogin(event.endpoint);
  await claim(tools, planned, event.recoveryId);
  if (replica.sourceArn !== undefined)
    await control.promote(planned.instance, { retentionDays: event.backupRetentionDays, window: event.backupWindow });
  await whenAvailable(tools, planned, event.endpoint);
  const promotedAt = now().toISOString();
  await control.settle(planned.instance, { masterPassword: password, multiAz: event.multiAz });
  const { instance, resourceId } = planned;
  const done: Promotion = {
    schema: "lifeboat/promotion/1",
    ...{ system, recoveryId: event.recoveryId, instance, resourceId, endpoint: event.endpoint },
    ...{ startedAt, promotedAt, settledAt: now().toISOString() },
  };
  const put = await vault.put(promotionKey(event.recoveryId), JSON.stringify(done), { contentType: "application/json", ifAbsent: true });
  return put.written ? done : ((await keptPromotion(vault, event)) ?? done);
};

const requirePromotion = ({ recoveryId, mode, stores }: RecoveryPlan): PlannedPromotion => {
  if (mode === "failover" && stores.postgres?.method === "promotion") return stores.postgres;
  throw new LifeboatError({
    code: "target-refused",
    what: `Recovery ${recoveryId} promotes no replica`,
    received: `mode ${mode}, ${stores.postgres === undefined ? "no database" : `method ${stores.postgres.method}`}`,
    allowed: "a failover whose plan promotes; a drill never does",
    hint: "Start a new recovery with mode failover and strategy latest",
  });
};

/** The replica of the plan, and no other of its name; at the endpoint that applications will be sent to. */
const requireReplica = async ({ replicas }: PromoteTools, planned: PlannedPromotion, endpoint: DatabaseEndpoint): Promise<Replica> => {
  const replica = await replicas.find(planned.instance);
  const atEndpoint = replica?.host === endpoint.host && replica.port === endpoint.port;
  if (replica !== undefined && replica.resourceId === planned.resourceId && atEndpoint) return replica;
  throw new LifeboatError({
    code: "target-refused",
    what: `${planned.instance} is not the replica that the plan names; nothing was changed`,
    received: replica === undefined ? "no such instance" : `${replica.resourceId} at ${replica.host}:${replica.port}`,
    allowed: `${planned.resourceId} at ${endpoint.host}:${endpoint.port}`,
    hint: "Set lifeboat:strategy to point-in-time and start a new recovery: the automated backups do not need the replica",
  });
};

/** Before the promotion, which cannot be undone: of two recoveries that were planned for the same replica one goes on. */
const claim = async ({ vault, system }: PromoteTools, { resourceId }: PlannedPromotion, recoveryId: string): Promise<void> => {
  const key = promotionClaimKey(resourceId);
  const claimed: PromotionClaim = { schema: "lifeboat/promotion-claim/1", system, resourceId, recoveryId };
  const put = await vault.put(key, JSON.stringify(claimed), { contentType: "application/json", ifAbsent: true });
  if (put.written) return;
  const { value, problem } = readJson(PromotionClaim, (await getText(vault, key)) ?? "");
  if (value?.recoveryId === recoveryId && value.resourceId === resourceId) return;
  throw new LifeboatError({
    code: "target-refused",
    what: `Another recovery promotes ${resourceId}, or did`,
    received: problem ?? `recovery ${value?.recoveryId}`,
    allowed: `recovery ${recoveryId}`,
    hint: "Go on with that recovery's stack, or restore beside it: lifeboat:strategy point-in-time",
  });
};

/** RDS calls the instance available again and names no source. */
const whenAvailable = async (tools: PromoteTools, planned: PlannedPromotion, endpoint: DatabaseEndpoint): Promise<void> => {
  for (;;) {
    const { status, sourceArn } = await requireReplica(tools, planned, endpoint);
    if (status === "available" && sourceArn === undefined) return;
    const where = `${planned.instance} is ${status}${sourceArn === undefined ? "" : " and follows its source"}`;
    tools.deadline(() => where);
    tools.log.info("waiting for the promotion", { status, follows: sourceArn !== undefined });
    await tools.pause(POLL_MS);
  }
};

const keptPromotion = async (vault: ObjectStore, { recoveryId, endpoint }: PromoteEvent): Promise<Promotion | undefined> => {
  const key = promotionKey(recoveryId);
  const text = await getText(vault, key);
  if (text === undefined) return undefined;
  const { value, problem } = readJson(Promotion, text);
  const same = value?.endpoint.host === endpoint.host && value.endpoint.port === endpoint.port;
  if (value?.recoveryId === recoveryId && same) return value;
  throw new LifeboatError({
    code: "target-refused",
    what: `s3://${vault.bucket}/${key} holds another promotion`,
    received: problem ?? `${value?.recoveryId}: ${value?.endpoint.host}:${value?.endpoint.port}`,
    allowed: `${recoveryId}: ${endpoint.host}:${endpoint.port}`,
    hint: "Start a new recovery; find out what became of the replica that this one promoted",
  });
};
