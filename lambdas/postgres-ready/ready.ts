import { recoveryResultKey } from "../../recovery/catalogue/keys";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import { PostgresResult } from "../../recovery/postgres/result";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import { requirePlan } from "../shared/plans";
import type { PostgresReadyEvent } from "./events";
import { type Examined, examine } from "./examine";
import { onceWritable, type WaitTools } from "./wait";

export interface ReadyTools extends WaitTools {
  readonly system: string;
  readonly vault: ObjectStore;
}

/**
 * Waits until the restored database can be used, and says since when. Called again it answers what it found at first: what applications have done
 * since is not the restore's.
 */
export const postgresReady = async (tools: ReadyTools, event: PostgresReadyEvent): Promise<PostgresResult> => {
  const startedAt = tools.now().toISOString();
  const plan = await requirePlan(tools.vault, tools.system, event.recoveryId);
  const planned = requirePostgres(plan);
  const kept = await keptResult(tools.vault, event);
  if (kept !== undefined) return kept;
  const result = await onceWritable(tools, event.endpoint.database, async (connection, { connectedAt, recoveryEndedAt }) => {
    const { usableAt, checks, ...examined }: Examined = await examine(tools, connection, { ...planned, resolvedAt: plan.resolvedAt });
    return PostgresResult.parse({
      schema: "lifeboat/postgres-result/1",
      system: tools.system,
      recoveryId: event.recoveryId,
      store: "postgres",
      endpoint: event.endpoint,
      startedAt,
      connectedAt: connectedAt.toISOString(),
      recoveryEndedAt: recoveryEndedAt.toISOString(),
      usableAt: usableAt.toISOString(),
      ...examined,
      checks: [...checks],
      passed: checks.every(({ passed }) => passed),
    });
  });
  return keep(tools.vault, event, requirePassed(result));
};

const requirePostgres = (plan: RecoveryPlan): NonNullable<RecoveryPlan["stores"]["postgres"]> => {
  if (plan.stores.postgres !== undefined) return plan.stores.postgres;
  throw new LifeboatError({
    code: "target-refused",
    what: `Recovery ${plan.recoveryId} restores no database`,
    received: Object.keys(plan.stores).join(", ") || "no stores",
    allowed: "a plan with postgres",
    hint: "Resolve a new recovery with postgres among its stores",
  });
};

/** Not kept when it failed: whoever mends the database runs `dr` again, and it is looked at again. */
const requirePassed = (result: PostgresResult): PostgresResult => {
  if (result.passed) return result;
  const failed = result.checks.filter(({ passed }) => !passed);
  throw new LifeboatError({
    code: "digest-mismatch",
    what: "The restored database is not as an application needs it; nothing on it was changed",
    received: failed.map(({ name, expected, actual }) => `${name}: expected ${expected}, actual ${actual}`).join("; "),
    allowed: "every check passed",
    hint: "docs/runbooks/region-loss.md says how each is mended; pulumi up looks again",
  });
};

/** Written once: of two calls at the same time the first one's result stays. */
const keep = async (vault: ObjectStore, event: PostgresReadyEvent, result: PostgresResult): Promise<PostgresResult> => {
  const key = recoveryResultKey(event.recoveryId, "postgres");
  const put = await vault.put(key, JSON.stringify(result), { contentType: "application/json", ifAbsent: true });
  return put.written ? result : ((await keptResult(vault, event)) ?? result);
};

const keptResult = async (vault: ObjectStore, { recoveryId, endpoint }: PostgresReadyEvent): Promise<PostgresResult | undefined> => {
  const key = recoveryResultKey(recoveryId, "postgres");
  const text = await getText(vault, key);
  if (text === undefined) return undefined;
  const { value, problem } = readJson(PostgresResult, text);
  if (value?.recoveryId === recoveryId && sameDatabase(value.endpoint, endpoint)) return value;
  throw new LifeboatError({
    code: "target-refused",
    what: `s3://${vault.bucket}/${key} holds the result of another database`,
    received: problem ?? `${value?.recoveryId}: ${placeOf(value?.endpoint)}`,
    allowed: `${recoveryId}: ${placeOf(endpoint)}`,
    hint: "Start a new recovery; find out what became of the database that this one restored",
  });
};

const sameDatabase = (one: DatabaseEndpoint, other: DatabaseEndpoint): boolean =>
  placeOf(one) === placeOf(other) && one.secretArn === other.secretArn;

const placeOf = (endpoint: DatabaseEndpoint | undefined): string =>
  endpoint === undefined ? "no endpoint" : `${endpoint.host}:${endpoint.port}/${endpoint.database}`;
