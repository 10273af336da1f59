import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { LedgerStore } from "../../recovery/evidence/ledger";
import type { RecoveredPoint } from "./checks";

/** The time of each recovered store: all that was written to it before is in it. A store without one is judged complete by nothing. */
export type AsOf = Readonly<Partial<Record<LedgerStore, Date>>>;

/** What a plan pins. */
export const pinnedBy = ({
  stores: { postgres, objects, chroma },
}: RecoveryPlan): { readonly asOf: AsOf; readonly point?: RecoveredPoint } => ({
  asOf: {
    ...(postgres === undefined ? {} : { postgres: new Date(postgres.asOf) }),
    ...(objects === undefined ? {} : { objects: new Date(objects.asOf) }),
    ...(chroma === undefined ? {} : { chroma: new Date(chroma.asOf) }),
  },
  ...(chroma === undefined ? {} : { point: chroma }),
});
