import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import type { HeldKeys } from "./held-keys";
import type { RestoredChroma } from "./restored-chroma";
import type { RestoredPostgres } from "./restored-postgres";

/** What references are followed with, from whichever store they lead. */
export interface ReferenceTools {
  readonly plan: RecoveryPlan;
  readonly chroma: RestoredChroma;
  readonly postgres: RestoredPostgres | undefined;
  /** The documents' keys, listed when they are first asked for. */
  readonly heldDocuments: () => Promise<HeldKeys>;
  readonly documentsReplica: ObjectStore;
  readonly deadline: Deadline;
}
