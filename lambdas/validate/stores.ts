import * as z from "zod";
import { recoveryResultKey } from "../../recovery/catalogue/keys";
import { asFound, type RecoveryPlan } from "../../recovery/catalogue/plan";
import type { Check } from "../../recovery/catalogue/point";
import { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { sha256Hex } from "../../recovery/checksum";
import { ChromaManifest, collectionName } from "../../recovery/chroma/manifest";
import { LifeboatError } from "../../recovery/errors";
import type { Store } from "../../recovery/store";
import { restoresOwnDocuments } from "../documents-restore/target";
import type { Deadline } from "../shared/deadline";
import { readJson } from "../shared/json";
import { reasonOf } from "../shared/log";
import { getText, type ObjectStore } from "../shared/objects";
import { checkProbes } from "./probes";
import type { RestoredChroma } from "./restored-chroma";
import type { RestoredPostgres } from "./restored-postgres";

/** What every store's recovery result says, whatever else it holds. */
const Result = z.object({
  passed: z.boolean(),
  asOf: z.iso.datetime().optional(),
  targetBucket: z.string().optional(),
  endpoint: DatabaseEndpoint.optional(),
});

/** The restored collections against the point's manifest: each one there, with as many records as were exported, and found by its index as at the source. */
export const checkChroma = async (
  vault: ObjectStore,
  plan: RecoveryPlan,
  chroma: RestoredChroma,
  deadline: Deadline,
): Promise<readonly Check[]> => {
  if (plan.stores.chroma === undefined) return [];
  const manifest = await plannedManifest(vault, plan.stores.chroma);
  const checks = [await resultCheck(vault, plan, "chroma")];
  let total = 0;
  for (const collection of manifest.collections) {
    const { countWritten } = collection;
    deadline(() => `${checks.length} checks of the vectors made`);
    const count = await chroma.count(collection.name, collection);
    total += count ?? 0;
    checks.push({
      name: `chroma: records of ${collectionName(collection)}`,
      expected: String(countWritten),
      actual: String(count ?? "no collection"),
      passed: count === countWritten,
    });
    const probed = await chroma.probed(collection.name, collection);
    // One that is not there has failed already.
    if (probed !== undefined) checks.push(...(await checkProbes(probed, collection)));
  }
  const expected = plan.stores.chroma.records;
  return [...checks, { name: "chroma: records", expected: String(expected), actual: String(total), passed: expected === total }];
};

/** The database that applications will use is the one that was found usable, and it serves now. */
export const checkPostgres = async (
  vault: ObjectStore,
  plan: RecoveryPlan,
  endpoint: DatabaseEndpoint | undefined,
  postgres: RestoredPostgres | undefined,
): Promise<readonly Check[]> => {
  if (plan.stores.postgres === undefined) return [];
  const looked = placeOf((await readResult(vault, plan, "postgres"))?.endpoint, "the database that was found usable");
  const actual = placeOf(endpoint, "none");
  return [
    await resultCheck(vault, plan, "postgres"),
    { name: "postgres: endpoint", expected: looked, actual, passed: looked === actual },
    ...(postgres === undefined ? [] : [await servingCheck(postgres)]),
  ];
};

/** The plan, with the time that the database turned out to be at. */
export const planAsFound = async (vault: ObjectStore, plan: RecoveryPlan): Promise<RecoveryPlan> =>
  asFound(plan, plan.stores.postgres === undefined ? undefined : await readResult(vault, plan, "postgres"));

const placeOf = (endpoint: DatabaseEndpoint | undefined, otherwise: string): string =>
  endpoint === undefined ? otherwise : `${endpoint.host}:${endpoint.port}/${endpoint.database} by ${endpoint.secretArn}`;

const servingCheck = async (postgres: RestoredPostgres): Promise<Check> => {
  const expected = "answers as a primary";
  const actual = await postgres.isPrimary().then((isPrimary) => (isPrimary ? expected : "answers in recovery"), reasonOf);
  return { name: "postgres: serves", expected, actual, passed: actual === expected };
};

/** The bucket that applications will read is the planned one: the replica itself, or the bucket that was filled. */
export const checkObjects = async (vault: ObjectStore, plan: RecoveryPlan, documentsBucket: string): Promise<readonly Check[]> => {
  const objects = plan.stores.objects;
  if (objects === undefined) return [];
  const bucket = (expected: string): Check => ({
    name: "objects: bucket",
    expected,
    actual: documentsBucket,
    passed: expected === documentsBucket,
  });
  if (!restoresOwnDocuments(plan)) return [bucket(objects.bucket)];
  const result = await readResult(vault, plan, "objects");
  return [await resultCheck(vault, plan, "objects"), bucket(result?.targetBucket ?? "the bucket that was filled")];
};

const resultCheck = async (vault: ObjectStore, plan: RecoveryPlan, store: Store): Promise<Check> => {
  const result = await readResult(vault, plan, store);
  const actual = result === undefined ? "no result" : result.passed ? "passed" : "failed";
  return { name: `${store}: restore`, expected: "passed", actual, passed: actual === "passed" };
};

const readResult = async (vault: ObjectStore, plan: RecoveryPlan, store: Store) => {
  const text = await getText(vault, recoveryResultKey(plan.recoveryId, store));
  return text === undefined ? undefined : readJson(Result, text).value;
};

type PlannedPoint = NonNullable<RecoveryPlan["stores"]["chroma"]>;

const plannedManifest = async (vault: ObjectStore, planned: PlannedPoint): Promise<ChromaManifest> => {
  const text = await getText(vault, planned.manifestKey, planned.manifestVersionId);
  const read = text === undefined ? { problem: "no such version" } : readJson(ChromaManifest, text);
  if (text !== undefined && sha256Hex(text) === planned.manifestSha256 && "value" in read && read.value !== undefined) return read.value;
  throw new LifeboatError({
    code: "digest-mismatch",
    what: `The manifest of point ${planned.pointId} is not the one that the plan pins`,
    received: read.problem ?? `SHA-256 ${text === undefined ? "of nothing" : sha256Hex(text)}`,
    allowed: `version ${planned.manifestVersionId} with SHA-256 ${planned.manifestSha256}`,
    hint: "Do not use what was restored from it; resolve a new recovery",
  });
};
