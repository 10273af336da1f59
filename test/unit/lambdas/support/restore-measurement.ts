import type { RecoveryResult } from "../../../../recovery/catalogue/result";
import { measurementOf } from "../../../../recovery/estimates/measurement";
import type { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "./chroma-point";

export interface Measured {
  readonly recoveryId?: string;
  readonly system?: string;
  readonly measuredAt?: string;
  readonly records: number;
  readonly recordsPerSecond: number;
}

/** Leaves in a vault what an import left that measured so much. Returns the key. */
export const measureInto = (
  vault: MemoryObjects,
  { recoveryId = "drill-1a2b", system = SYSTEM, measuredAt = "2026-11-20T10:00:00.000Z", records, recordsPerSecond }: Measured,
): string => {
  const half = records / recordsPerSecond / 2;
  const result: RecoveryResult = {
    ...{ schema: "lifeboat/recovery-result/1", system, recoveryId, store: "chroma", pointId: "chroma-1" },
    ...{
      startedAt: measuredAt,
      importedAt: measuredAt,
      verifiedAt: measuredAt,
      firstQueryAt: measuredAt,
      records,
      checks: [],
      passed: true,
    },
    measured: { added: { records, bytes: records, seconds: half }, readBack: { records, seconds: half }, serverVersion: "1.0.0" },
  };
  const made = measurementOf(result);
  if (made === undefined) throw new Error("nothing was measured");
  vault.add(made.key, JSON.stringify(made.measurement));
  return made.key;
};
