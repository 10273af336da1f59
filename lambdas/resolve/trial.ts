import { choose, type Sources } from "./choose";
import type { RecoveryRequest, TrialResponse } from "./events";
import { pinnedFailovers } from "./pinned";

/**
 * What a recovery of this request would be pinned to now, or what each store lacks. It writes nothing, and a refusal is an answer: only what kept it
 * from choosing is thrown.
 *
 * A failover that has its plan goes on by it, whatever has become of the points and the replica since, and whoever asks does not know its id yet: so
 * a refusal names the failovers that it may be. A drill is only worth a new choice.
 */
export const tryRecovery = async (sources: Sources, request: RecoveryRequest, now: Date): Promise<TrialResponse> => {
  const { stores, refused } = await choose(sources, request, now);
  const pinned = refused.length > 0 && request.mode === "failover" ? await pinnedFailovers(sources, request) : [];
  return {
    schema: "lifeboat/recovery-trial/1",
    system: sources.system,
    triedAt: now.toISOString(),
    stores,
    refused: refused.map(({ store, reason, passedOver }) => ({ store, reason, passedOver: [...passedOver] })),
    pinned: pinned.map(({ recoveryId, resolvedAt }) => ({ recoveryId, resolvedAt })),
  };
};
