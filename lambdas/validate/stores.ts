import * as z from "zod";
import { recoveryResultKey } from "../../recovery/catalogue/keys";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { Check } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import { ChromaManifest } from "../../recovery/chroma/manifest";
import { LifeboatError } from "../../recovery/errors";
import type { Store } from "../../recovery/store";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import type { RestoredChroma } from "./restored-chroma";

/** What every store's recovery result says, whatever else it holds. */
const Result = z.object({ passed: z.boolean(), targetBucket: z.string().optional() });

/** The restored collections against the point's manifest: each one there, with as many records as were exported. */
export const checkChroma = async (vault: ObjectStore, plan: RecoveryPlan, chroma: RestoredChroma): Promise<readonly Check[]> => {
  if (plan.stores.chroma === undefined) return [];
  const manifest = await plannedManifest(vault, plan.stores.chroma);
  const checks = [await resultCheck(vault, plan, "chroma")];
  let total = 0;
  for (const { name, countWritten } of manifest.collections) {
    const count = await chroma.count(name);
    total += count ?? 0;
    checks.push({
      name: `chroma: records of ${name}`,
      expected: String(countWritten),
      actual: String(count ?? "no collection"),
      passed: count === countWritten,
    });
  }
  const expected = plan.stores.chroma.records;
  return [...checks, { name: "chroma: records", expected: String(expected), actual: String(total), passed: expected === total }];
};

/** The bucket that applications will read is the planned one: the replica itself in a failover, the filled bucket in a drill. */
export const checkObjects = async (vault: ObjectStore, plan: RecoveryPlan, documentsBucket: string): Promise<readonly Check[]> => {
  const objects = plan.stores.objects;
  if (objects === undefined) return [];
  const bucket = (expected: string): Check => ({
    name: "objects: bucket",
    expected,
    actual: documentsBucket,
    passed: expected === documentsBucket,
  });
  if (plan.mode === "failover") return [bucket(objects.bucket)];
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
