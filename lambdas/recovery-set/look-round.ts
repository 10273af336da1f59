import { type Log, reasonOf } from "../shared/log";
import type { Damage } from "./damage";
import type { RecoverySetResponse } from "./events";
import type { Forgery } from "./forgeries";

export interface Looks {
  readonly writeSet: () => Promise<Omit<RecoverySetResponse, "forged" | "damage">>;
  readonly lookForForgeries: () => Promise<readonly Forgery[]>;
  readonly lookForDamage: () => Promise<readonly Damage[]>;
}

/**
 * Writes the set and takes both looks, whatever becomes of the others. What failed is thrown at the end: nothing was published of it, and the function's
 * alarm tells. Lambda then calls again, and an hour may have more than one set.
 */
export const lookRound = async (log: Log, { writeSet, lookForForgeries, lookForDamage }: Looks): Promise<RecoverySetResponse> => {
  const [set, forgeries, damage] = await Promise.allSettled([writeSet(), lookForForgeries(), lookForDamage()]);
  for (const [what, { status, ...rest }] of Object.entries({ set, forgeries, damage }))
    if (status === "rejected" && "reason" in rest) log.error("a part of the round failed", { what, reason: reasonOf(rest.reason) });
  if (set.status === "rejected") throw set.reason;
  if (forgeries.status === "rejected") throw forgeries.reason;
  if (damage.status === "rejected") throw damage.reason;
  return {
    ...set.value,
    forged: forgeries.value.map(({ key }) => key).slice(0, FIRST),
    damage: damage.value.map(({ store, evidence }) => `${store}: ${evidence}`),
  };
};

/** The log has all of them. */
const FIRST = 20;
