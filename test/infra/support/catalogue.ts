import { pointKey } from "../../../recovery/catalogue/keys";
import type { RecoveryPoint } from "../../../recovery/catalogue/point";
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
