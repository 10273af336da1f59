import { type Authentic, type CatalogueReader, firstAuthentic } from "../../recovery/catalogue/authentic";
import { type Signer, sign } from "../../recovery/catalogue/authenticity";
import { laterProofKey, POINTS_PREFIX, pointKey, proofKeyOf } from "../../recovery/catalogue/keys";
import { type Proof, RecoveryPoint } from "../../recovery/catalogue/point";
import { progressPrefix } from "../../recovery/catalogue/progress";
import { verdictOn } from "../../recovery/catalogue/verdict";
import type { Log } from "../shared/log";
import type { ObjectLock } from "../shared/objects";
import { inRuns } from "../shared/runs";
import type { VerifiedPoint } from "./events";
import { type ReadBackTools, readBack } from "./read-back";

export interface ProofTools extends ReadBackTools {
  readonly catalogue: CatalogueReader;
  readonly signer: Signer;
  readonly log: Log;
  readonly now: () => Date;
  /** Tells the alarm of a point that did not read back, and of what is in the catalogue and was not written by those that keep it. */
  readonly refused: () => Promise<void>;
}

/** Proves one entry, unless it is proven already. The proof is written once and locked for as long as the entry. */
export const provePoint = async (tools: ProofTools, system: string, entryKey: string): Promise<VerifiedPoint> => {
  const entry = await openEntry(tools, system, entryKey);
  if (entry === undefined) return { entryKey, outcome: "unreadable" };
  if ((await verdictOn(tools.catalogue, entryKey, entry)).proof !== undefined) return { entryKey, outcome: "already-proven" };
  return readEntry(tools, system, entryKey, entry);
};

/** Reads one entry back whether it was proven or not. What is written is a first proof, or one that says otherwise than the newest. */
export const proveAgain = async (tools: ProofTools, system: string, entryKey: string): Promise<VerifiedPoint> => {
  const entry = await openEntry(tools, system, entryKey);
  return entry === undefined ? { entryKey, outcome: "unreadable" } : readEntry(tools, system, entryKey, entry);
};

/** The entry that counts under a key; each object beside or before it that does not is named. Undefined when nothing there is an entry of this system. */
const openEntry = async (tools: ProofTools, system: string, entryKey: string): Promise<Authentic<RecoveryPoint> | undefined> => {
  const { first, strangers } = await firstAuthentic(tools.catalogue, RecoveryPoint, entryKey);
  const problems = [...strangers];
  const point = first?.value;
  const own = point === undefined ? entryKey : pointKey(point.series, point.asOf, point.pointId);
  if (point !== undefined && point.system !== system) problems.push(`it belongs to ${point.system}`);
  if (own !== entryKey) problems.push(`it is not under its own key, ${own}`);
  if (first === undefined && problems.length === 0) problems.push("it is gone");
  for (const problem of problems) {
    tools.log.error("an object of the catalogue is no recovery point of this system", { entryKey, problem });
    await tools.refused();
  }
  return point?.system === system && own === entryKey ? first : undefined;
};

const readEntry = async (tools: ProofTools, system: string, entryKey: string, entry: Authentic<RecoveryPoint>): Promise<VerifiedPoint> => {
  // A lock cannot be set into the past, and what has outlived its retention may be gone by tomorrow.
  const lock = await standingLock(tools, entry.value);
  if (lock.until <= tools.now()) return { entryKey, outcome: "expired" };

  const name = entryKey.slice(POINTS_PREFIX.length).replace(/\.json$/, "");
  const work = { system, subject: { key: entryKey, sha256: entry.sha256 }, prefix: progressPrefix("verify", name) };
  const read = await inRuns(tools, work, async (course) =>
    prove(tools, system, entryKey, entry, lock, [...(await readBack(tools, entry.value, course))]),
  );
  if (read.unfinished === undefined) return read.result;
  tools.log.info("a point takes another run", { entryKey, reason: read.unfinished });
  return { entryKey, outcome: "unfinished" };
};

const prove = async (
  tools: ProofTools,
  system: string,
  entryKey: string,
  entry: Authentic<RecoveryPoint>,
  lock: ObjectLock,
  checks: Proof["checks"],
): Promise<VerifiedPoint> => {
  const { log, now } = tools;
  const { store, pointId } = entry.value;
  const proof: Proof = {
    ...{ schema: "lifeboat/proof/2", system, store, pointId, entrySha256: entry.sha256 },
    verifiedAt: now().toISOString(),
    passed: checks.every(({ passed }) => passed),
    checks,
  };
  const written = await keepProof(tools, entryKey, entry, proof, lock);
  const failed = checks.filter(({ passed }) => !passed).map(({ name, actual }) => `${name}: ${actual}`);
  if (!proof.passed) {
    log.error("a point did not read back", { entryKey, failed });
    await tools.refused();
  }
  if (!written) return { entryKey, outcome: "already-proven", passed: proof.passed, failed };
  return { entryKey, outcome: proof.passed ? "passed" : "failed", passed: proof.passed, failed };
};

/** The entry's lock, or what a renewal made of it: what is kept for longer than it was sealed for is read back for as long. */
const standingLock = async ({ vault }: ProofTools, { lock, manifest }: RecoveryPoint): Promise<ObjectLock> => {
  const sealed = new Date(lock.until);
  const renewed = (await vault.head(manifest.key, manifest.versionId))?.lock?.until;
  return { mode: lock.mode, until: renewed !== undefined && renewed > sealed ? renewed : sealed };
};

/** The first proof, or a later one that says otherwise; false when what stands there says the same already. */
const keepProof = async (
  { vault, catalogue, signer }: ProofTools,
  entryKey: string,
  entry: Authentic<RecoveryPoint>,
  proof: Proof,
  lock: ObjectLock,
): Promise<boolean> => {
  const put = async (key: string) =>
    vault.put(key, await sign(signer, key, proof), {
      contentType: "application/json",
      ifAbsent: true,
      lock,
    });
  const known = await verdictOn(catalogue, entryKey, entry);
  if (known.proof === undefined && (await put(proofKeyOf(entryKey))).written) return true;
  // Somebody was faster, or a forgery stands in the first proof's place.
  const standing = known.proof ?? (await verdictOn(catalogue, entryKey, entry)).proof;
  if (standing?.passed === proof.passed) return false;
  return (await put(laterProofKey(entryKey, proof.verifiedAt))).written;
};
