import type { RecoveredState } from "../../recovery/evidence/loss";
import type { SeenDatabase } from "./recovered-postgres";
import type { SeenVectors } from "./recovered-vectors";

/** What was read back from the recovered stores. */
export interface Recovered {
  /** Read first: its time is that of them all. */
  readonly database: SeenDatabase;
  readonly vectors: SeenVectors;
  /** By `writeKey`. */
  readonly documents: RecoveredState;
}
