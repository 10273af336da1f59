import * as z from "zod";
import { RestoreOutlook } from "../estimates/chroma";
import { STORES, STRATEGIES } from "../store";
import { SIGN_KINDS, SIGNALS } from "./signals";

const Source = z.object({ source: z.string(), note: z.string() });

/** What would be lost when the primary wrote until now, and how long it takes until the database is usable. Seconds. */
const Expectation = {
  strategy: z.enum(STRATEGIES),
  /** `latest` promotes the standing replica; `point-in-time` restores a new database beside it. */
  method: z.enum(["promotion", "restore"]),
  /** With strategy point-in-time: the second that is restored to. Without it, the newest one at the time of the recovery. */
  time: z.iso.datetime().optional(),
};

/** Another way, with why it is not the one proposed. A loss is null where the way is not open, or nobody knows. */
export const Alternative = z.object({
  ...Expectation,
  expectedLossSeconds: z.number().nonnegative().nullable(),
  expectedRecoverySeconds: z.number().nonnegative().nullable(),
  recoverySource: Source,
  whyNot: z.string(),
});
export type Alternative = z.infer<typeof Alternative>;

const Common = {
  schema: z.literal("lifeboat/strategy-proposal/1"),
  system: z.string(),
  madeAt: z.iso.datetime(),
  tier: z.object({ name: z.string(), rpoSeconds: z.number(), rtoSeconds: z.number() }),
  /** Sentences, the most important first. */
  reasons: z.array(z.string()).min(1),
  /** How long the vectors take to come back beside the database, by their newest usable export; absent where nothing says. */
  vectors: RestoreOutlook.optional(),
  alternatives: z.array(Alternative),
  corruption: z.array(
    z.object({
      kind: z.enum(SIGN_KINDS),
      store: z.enum(STORES).optional(),
      since: z.iso.datetime().optional(),
      evidence: z.string(),
      look: z.string(),
    }),
  ),
  /** partial: a signal could not be read, and might have changed the proposal. */
  confidence: z.enum(["full", "partial"]),
  unknown: z.array(z.object({ signal: z.enum(SIGNALS), reason: z.string() })),
};

export const MadeProposal = z.object({
  outcome: z.literal("proposed"),
  ...Common,
  ...Expectation,
  expectedLossSeconds: z.number().nonnegative(),
  lossSource: Source,
  /** null where nobody publishes a figure and no recovery of this system has measured it. */
  expectedRecoverySeconds: z.number().nonnegative().nullable(),
  recoverySource: Source,
  meetsRpo: z.boolean(),
  /** null: the time of the recovery is not known. */
  meetsRto: z.boolean().nullable(),
});
export type MadeProposal = z.infer<typeof MadeProposal>;

export const NoProposal = z.object({ outcome: z.literal("none"), ...Common, hint: z.string() });
export type NoProposal = z.infer<typeof NoProposal>;

/** How the database should come back, or why nothing is proposed. Advice for a person: nothing acts on it by itself. */
export const Proposal = z.discriminatedUnion("outcome", [MadeProposal, NoProposal]);
export type Proposal = z.infer<typeof Proposal>;
