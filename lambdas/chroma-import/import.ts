import { recoveryResultKey } from "../../recovery/catalogue/keys";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { Check } from "../../recovery/catalogue/point";
import { RecoveryResult } from "../../recovery/catalogue/result";
import { collectionName, type ExportedCollection } from "../../recovery/chroma/manifest";
import { LifeboatError } from "../../recovery/errors";
import type { ChromaClient, ChromaCollection } from "../chroma/client";
import type { ChromaServer } from "../chroma/server";
import type { Deadline } from "../shared/deadline";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import { requirePlan } from "../shared/plans";
import { fillCollection } from "./collection";
import { checkDeleted } from "./deleted";
import { ImportMeter } from "./meter";
import { openPoint, type PinnedPoint, type PlannedPoint } from "./point";
import { checkRecall, ExactNeighbours } from "./recall";
import { makeDatabases, refuseForeign, restoringName, type TargetServer } from "./target";
import { firstQuery, verifyCollection } from "./verify";

export interface ImportOptions {
  readonly system: string;
  readonly recoveryId: string;
  readonly vault: ObjectStore;
  readonly server: TargetServer & Pick<ChromaServer, "version">;
  readonly now: () => Date;
  readonly checkDeadline: Deadline;
}

/**
 * Imports the pinned point into a new server, reads all of it back, and gives each collection its name only then: a name that
 * applications know never stands for half a collection. Calling it again verifies what is complete and goes on with the rest.
 */
export const importChroma = async (options: ImportOptions): Promise<RecoveryResult> => {
  const { system, recoveryId, vault, server, now } = options;
  const startedAt = now().toISOString();
  const plan = await requirePlan(vault, system, recoveryId);
  const planned = requireChroma(plan);
  const point = await openPoint(vault, planned);
  const { collections, databases } = point.manifest;
  await refuseForeign(server, recoveryId, point.manifest);
  await makeDatabases(server, databases);
  const meter = new ImportMeter(now, new Date(plan.resolvedAt));

  const restored: Restored[] = [];
  let importedAt = startedAt;
  for (const [number, exported] of collections.entries()) {
    const run = { ...options, point, exported, meter, client: server.database(exported.tenant, exported.database) };
    const complete = await completeAlready(run);
    if (complete !== undefined) {
      meter.goesOnFromEarlierCall();
      restored.push(complete);
      continue;
    }
    const temporary = restoringName(recoveryId, number);
    const maxBatchRows = await run.client.maxBatchSize();
    await meter.adding(() => fillCollection({ ...run, maxBatchRows }, temporary));
    importedAt = now().toISOString();
    restored.push(await promote(run, temporary));
  }
  const verifiedAt = now().toISOString();

  // After everything else: the indexes are in memory then, and applications can be sent there.
  const queries: Check[] = [];
  for (const { run, collection, probes } of restored)
    queries.push(await firstQuery({ ...run, restored: collection }), ...(await checkRecall(run.client, collection, run.exported, probes)));
  const checks = [...restored.flatMap((one) => one.checks), ...queries, ...(await checkDeleted(server, point.manifest))];
  return keepResult(vault, planned, {
    ...{ schema: "lifeboat/recovery-result/1", system, recoveryId, store: "chroma", pointId: planned.pointId },
    ...{ startedAt, importedAt, verifiedAt, firstQueryAt: now().toISOString() },
    records: collections.reduce((sum, { countWritten }) => sum + countWritten, 0),
    measured: meter.measured(await server.version()),
    checks,
    passed: checks.every(({ passed }) => passed),
  });
};

/** The restore of one collection. */
interface CollectionRun {
  readonly client: ChromaClient;
  readonly point: PinnedPoint;
  readonly exported: ExportedCollection;
  readonly checkDeadline: Deadline;
  readonly meter: ImportMeter;
}

interface Restored {
  readonly run: CollectionRun;
  readonly collection: ChromaCollection;
  readonly checks: readonly Check[];
  readonly probes: ExactNeighbours;
}

/** A collection that stands under its real name: this recovery's complete work, or something that must not be touched. */
const completeAlready = async (run: CollectionRun): Promise<Restored | undefined> => {
  const { client, exported } = run;
  const collection = await client.collection(exported.name);
  if (collection === undefined) return undefined;
  const probes = await ExactNeighbours.of(client, collection, exported);
  const checks = await readBack(run, collection, probes);
  const failed = failures(checks);
  if (failed === undefined) return { run, collection, checks, probes };
  throw new LifeboatError({
    code: "target-refused",
    what: `The server has a collection "${collectionName(exported)}" with other content; it was not changed`,
    received: failed,
    allowed: "no such collection, or one that equals the recovery point",
    hint: "Give the URL of a new server, or move the collection away",
  });
};

/** Verifies what was imported and gives it its name. A rename to a name that is taken is refused by the server. */
const promote = async (run: CollectionRun, temporary: string): Promise<Restored> => {
  const { client, exported } = run;
  const restored = await client.collection(temporary);
  if (restored === undefined) throw failedVerification(exported.name, `no collection ${temporary}`);
  const probes = await ExactNeighbours.of(client, restored, exported);
  const checks = await readBack(run, restored, probes);
  const failed = failures(checks);
  if (failed !== undefined) {
    // A left-over that was completed may have been spoilt: the next call imports it afresh.
    await client.remove(temporary);
    throw failedVerification(exported.name, failed);
  }
  await client.rename(restored.id, exported.name);
  return { run, collection: restored, checks, probes };
};

const readBack = (run: CollectionRun, restored: ChromaCollection, probes: ExactNeighbours): Promise<readonly Check[]> =>
  run.meter.readingBack(run.exported.countWritten, () => verifyCollection({ ...run, restored, probes }));

const failures = (checks: readonly Check[]): string | undefined => {
  const failed = checks
    .filter(({ passed }) => !passed)
    .map(({ name, expected, actual }) => `${name}: expected ${expected}, actual ${actual}`);
  return failed.length === 0 ? undefined : failed.join("; ");
};

const failedVerification = (name: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "digest-mismatch",
    what: `Collection "${name}" did not read back from the new server as it is in the recovery point`,
    received,
    allowed: "equal counts, content, embeddings and configuration",
    hint: "Call it again: the collection is imported afresh. If it fails again, compare the server's release with the exported one",
  });

const requireChroma = (plan: RecoveryPlan): PlannedPoint => {
  if (plan.stores.chroma !== undefined) return plan.stores.chroma;
  throw new LifeboatError({
    code: "target-refused",
    what: `Recovery ${plan.recoveryId} restores no Chroma`,
    received: Object.keys(plan.stores).join(", ") || "no stores",
    allowed: "a plan with a Chroma point",
    hint: "Resolve a new recovery with Chroma among its stores",
  });
};

/** Written once. A second call of the same recovery gives back the first one's result. */
const keepResult = async (vault: ObjectStore, planned: PlannedPoint, result: RecoveryResult): Promise<RecoveryResult> => {
  const failed = failures(result.checks);
  if (failed !== undefined) throw failedVerification("of the recovery", failed);
  const key = recoveryResultKey(result.recoveryId, "chroma");
  const put = await vault.put(key, JSON.stringify(RecoveryResult.parse(result)), { contentType: "application/json", ifAbsent: true });
  if (put.written) return result;
  const { value, problem } = readJson(RecoveryResult, (await getText(vault, key)) ?? "");
  if (value?.pointId === planned.pointId && value.recoveryId === result.recoveryId) return value;
  throw new LifeboatError({
    code: "target-refused",
    what: `s3://${vault.bucket}/${key} holds another result`,
    received: problem ?? `point ${value?.pointId}`,
    allowed: `point ${planned.pointId}`,
    hint: "Start a new recovery; find out who wrote this one's result",
  });
};
