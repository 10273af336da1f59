import { earlierRecoveries } from "../../../lambdas/shared/earlier-recoveries";
import { outlookOf } from "../../../lambdas/shared/restore-outlook";
import { gatherSignals } from "../../../lambdas/shared/strategy-signals";
import { selectPoint } from "../../../recovery/catalogue/select";
import { messageOf } from "../../../recovery/errors";
import type { RestoreOutlook, RestoreSettings } from "../../../recovery/estimates/chroma";
import { DOCUMENTED, estimatesFrom, type RecoveryEstimates } from "../../../recovery/strategy/estimates";
import type { Proposal } from "../../../recovery/strategy/proposal";
import { propose } from "../../../recovery/strategy/propose";
import type { Unread } from "../../../recovery/strategy/signals";
import { untilAborted } from "../aborted";
import type { Command } from "../command";
import { readDefaults } from "./defaults";
import { parseStrategyOptions, type StrategyOptions, USAGE } from "./options";
import { renderProposal } from "./report";
import { type Connect, type Connection, connectToAws } from "./sources";

/** Resolves to 0 with a proposal, 1 when there is none. Reads only, in the recovery region only. */
export const strategyCommandWith = (connect: Connect): Command => ({
  name: "strategy",
  summary: "promote the replica or restore to a time: what the live signals speak for, and what it costs",
  usage: USAGE,
  async run(argv, io) {
    const options = parseStrategyOptions(argv, readDefaults(io.projectDir), io.now());
    const connection = await untilAborted(io.signal, connect(options));
    try {
      const proposal = await untilAborted(io.signal, proposalOf(connection, { ...options, now: io.now() }));
      io.out(options.json ? `${JSON.stringify(proposal, undefined, 2)}\n` : `${renderProposal(proposal)}\n`);
      return proposal.outcome === "proposed" ? 0 : 1;
    } finally {
      connection.close();
    }
  },
});

export const strategyCommand: Command = strategyCommandWith(connectToAws);

/** Reads the signals now, and says what they speak for. */
export const proposalOf = async (
  { sources, chromaRestore }: Pick<Connection, "sources" | "chromaRestore">,
  { tier, corruptedSince, now }: Pick<StrategyOptions, "tier" | "corruptedSince"> & { readonly now: Date },
): Promise<Proposal> => {
  const [signals, { estimates, unread }, { vectors, unread: unreadVectors }] = await Promise.all([
    gatherSignals(sources, { now, ...(corruptedSince === undefined ? {} : { corruptedSince }) }),
    measuredEstimates(sources),
    vectorsOutlook(sources, chromaRestore),
  ]);
  return {
    ...propose({ ...signals, unread: [...signals.unread, ...(unread.length > 0 ? unread : unreadVectors)] }, { tier, now, estimates }),
    ...(vectors === undefined ? {} : { vectors }),
  };
};

/** It never changes the database's strategy. */
const vectorsOutlook = async (
  { catalogue, system }: Connection["sources"],
  settings: RestoreSettings | undefined,
): Promise<{ readonly vectors?: RestoreOutlook; readonly unread: readonly Unread[] }> => {
  if (settings === undefined) return { unread: [] };
  try {
    const { chosen } = await selectPoint(catalogue, system, "chroma");
    return chosen === undefined ? { unread: [] } : { vectors: await outlookOf(catalogue, system, settings, chosen.point), unread: [] };
  } catch (error) {
    return { unread: [{ signal: "earlier recoveries", reason: messageOf(error) }] };
  }
};

/** Without the catalogue the vendor's documents are all there is. */
const measuredEstimates = async ({
  catalogue,
  system,
}: Connection["sources"]): Promise<{ readonly estimates: RecoveryEstimates; readonly unread: readonly Unread[] }> => {
  try {
    return { estimates: estimatesFrom(await earlierRecoveries(catalogue, system)), unread: [] };
  } catch (error) {
    return { estimates: DOCUMENTED, unread: [{ signal: "earlier recoveries", reason: messageOf(error) }] };
  }
};
