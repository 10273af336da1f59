import { planKey, pointKey, proofKeyOf } from "../../../recovery/catalogue/keys";
import type { Proof, RecoveryPoint } from "../../../recovery/catalogue/point";
import { sha256Hex } from "../../../recovery/checksum";
import { SYSTEM } from "./prod";

const SHA = "a".repeat(64);

export const POINT: RecoveryPoint = {
  schema: "lifeboat/recovery-point/2",
  system: SYSTEM,
  store: "chroma",
  series: "chroma",
  pointId: "chroma-20261124T100000Z-1a2b",
  asOf: "2026-11-24T10:00:00.000Z",
  window: { startedAt: "2026-11-24T10:00:00.000Z", finishedAt: "2026-11-24T10:00:20.000Z" },
  manifest: { key: "chroma/chroma-20261124T100000Z-1a2b/manifest.json", versionId: "v1", sizeBytes: 1, sha256: SHA },
  parts: [],
  counts: { atSource: 5, written: 5 },
  software: { chroma: "1.5.9" },
  lock: { mode: "COMPLIANCE", until: "2027-02-22T10:00:00.000Z" },
  sealedAt: "2026-11-24T10:16:00.000Z",
};
export const POINT_KEY = pointKey("chroma", POINT.asOf, POINT.pointId);

/** The program cannot check codes: whatever stands for one is one. */
const signed = (content: unknown): string => JSON.stringify({ signed: content, mac: "AAAA" });

/** A catalogue's objects: the point with its proof, or with none. */
export const catalogueWith = (proof: "passed" | "failed" | "none"): Readonly<Record<string, string>> => {
  const entry = signed(POINT);
  if (proof === "none") return { [POINT_KEY]: entry };
  const passed = proof === "passed";
  const written: Proof = {
    schema: "lifeboat/proof/2",
    system: SYSTEM,
    store: "chroma",
    pointId: POINT.pointId,
    entrySha256: sha256Hex(entry),
    verifiedAt: "2026-11-24T10:17:00.000Z",
    passed,
    checks: [{ name: "rows of chunks", expected: "5", actual: passed ? "5" : "4", passed }],
  };
  return { [POINT_KEY]: entry, [proofKeyOf(POINT_KEY)]: signed(written) };
};

/** What an earlier recovery of this id left, as far as it is looked for. */
export const pinnedPlan = (recoveryId: string): Readonly<Record<string, string>> => ({ [planKey(recoveryId)]: "{}" });
