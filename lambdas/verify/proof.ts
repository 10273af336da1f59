import { proofKeyOf } from "../../recovery/catalogue/keys";
import { type Proof, RecoveryPoint } from "../../recovery/catalogue/point";
import { sha256Hex } from "../../recovery/checksum";
import type { Log } from "../shared/log";
import { getText } from "../shared/objects";
import type { VerifiedPoint } from "./events";
import { type ReadBackTools, readBack } from "./read-back";

export interface ProofTools extends ReadBackTools {
  readonly log: Log;
  readonly now: () => Date;
  /** Tells the alarm of a point that did not read back. */
  readonly refused: () => Promise<void>;
}

/** Proves one entry, unless it is proven already. The proof is written once and locked for as long as the entry. */
export const provePoint = async (tools: ProofTools, system: string, entryKey: string): Promise<VerifiedPoint> => {
  const { vault, log, now } = tools;
  if ((await vault.head(proofKeyOf(entryKey))) !== undefined) return { entryKey, outcome: "already-proven" };
  const text = await getText(vault, entryKey);
  const point = text === undefined ? undefined : parseEntry(text);
  if (text === undefined || point === undefined || point.system !== system) {
    log.error("an object of the catalogue is no recovery point of this system", { entryKey });
    await tools.refused();
    return { entryKey, outcome: "unreadable" };
  }
  // A lock cannot be set into the past, and what has outlived its retention may be gone by tomorrow.
  const until = new Date(point.lock.until);
  if (until <= now()) return { entryKey, outcome: "expired" };

  const checks = [...(await readBack(tools, point))];
  const proof: Proof = {
    schema: "lifeboat/proof/1",
    system,
    store: point.store,
    pointId: point.pointId,
    entrySha256: sha256Hex(text),
    verifiedAt: now().toISOString(),
    passed: checks.every(({ passed }) => passed),
    checks,
  };
  const lock = { mode: point.lock.mode, until };
  const put = await vault.put(proofKeyOf(entryKey), JSON.stringify(proof), { contentType: "application/json", ifAbsent: true, lock });
  if (!proof.passed) {
    log.error("a point did not read back", {
      entryKey,
      failed: checks.filter(({ passed }) => !passed).map(({ name, actual }) => `${name}: ${actual}`),
    });
    await tools.refused();
  }
  if (!put.written) return { entryKey, outcome: "already-proven" };
  return { entryKey, outcome: proof.passed ? "passed" : "failed" };
};

const parseEntry = (text: string): RecoveryPoint | undefined => {
  try {
    return RecoveryPoint.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};
