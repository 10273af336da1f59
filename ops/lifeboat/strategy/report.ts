import { restoreText } from "../../../recovery/estimates/wording";
import type { Alternative, MadeProposal, Proposal } from "../../../recovery/strategy/proposal";
import { durationText } from "../../../recovery/strategy/wording";
import { wrapped } from "../../drill/tables";

const WIDTH = 110;

/** The proposal for a person: what, what it costs, why, what else there is, and the lines that set it. */
export const renderProposal = (proposal: Proposal): string => {
  const { system, madeAt, tier, reasons, alternatives, unknown, vectors } = proposal;
  const head = `System ${system}, database of tier "${tier.name}" (RPO ${durationText(tier.rpoSeconds)}, RTO ${durationText(tier.rtoSeconds)}), ${madeAt}`;
  return [
    head,
    proposal.outcome === "proposed" ? proposed(proposal) : `NO PROPOSAL\n${indented(`Hint: ${proposal.hint}`)}`,
    section("Why", reasons.map(item)),
    section(
      "Other ways",
      alternatives.map((way) => item(alternative(way))),
    ),
    section("Vectors", vectors === undefined ? [] : [item(restoreText(vectors))]),
    section(
      "Could not be read",
      unknown.map(({ signal, reason }) => item(`${signal}: ${reason}`)),
    ),
    ...(proposal.outcome === "proposed"
      ? [
          section(
            "Set it",
            configurationLines(proposal).map((line) => `  ${line}`),
          ),
          AFTERWARDS,
        ]
      : []),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};

const AFTERWARDS =
  "Then: lifeboat:mode drill to look at the recovered data first, failover for the real thing (docs/runbooks/region-loss.md).\nThis is advice: read the signals again before the decision, they move.";

const proposed = (proposal: MadeProposal): string => {
  const miss = (meets: boolean | null): string => (meets === false ? "  MISSES its objective" : "");
  return [
    `PROPOSED: ${nameOf(proposal)}`,
    `  expected loss      ${durationText(proposal.expectedLossSeconds)} at most${miss(proposal.meetsRpo)}`,
    `                     ${proposal.lossSource.note}`,
    `                     ${proposal.lossSource.source}`,
    `  expected recovery  ${timeText(proposal.expectedRecoverySeconds)}${miss(proposal.meetsRto)}`,
    `                     ${proposal.recoverySource.note}`,
    `                     ${proposal.recoverySource.source}`,
    ...(proposal.confidence === "partial" ? ["  confidence         partial: a signal could not be read"] : []),
  ].join("\n");
};

const nameOf = ({ strategy, method, time }: Pick<Alternative, "strategy" | "method" | "time">): string => {
  if (method === "promotion") return `strategy ${strategy}: promote the standing read replica`;
  return `strategy ${strategy}: restore a new database to ${time ?? "the newest time that has arrived"}`;
};

const timeText = (seconds: number | null): string => (seconds === null ? "not known" : durationText(seconds));

const alternative = (way: Alternative): string => {
  const loss = way.expectedLossSeconds === null ? "loss not known" : `loss ${durationText(way.expectedLossSeconds)}`;
  return `${nameOf(way)} (${loss}, recovery ${timeText(way.expectedRecoverySeconds)}): ${way.whyNot}`;
};

/** The commands that put the proposal into the configuration of `dr`. */
export const configurationLines = ({ strategy, time }: Pick<MadeProposal, "strategy" | "time">): readonly string[] => [
  `pulumi config set lifeboat:strategy ${strategy} --stack dr`,
  // Left from an earlier recovery, a time would be refused with latest, and taken for the one that is meant with point-in-time.
  time === undefined ? "pulumi config rm lifeboat:time --stack dr" : `pulumi config set lifeboat:time "${time}" --stack dr`,
];

const section = (title: string, lines: readonly string[]): string => (lines.length === 0 ? "" : [title, ...lines].join("\n"));
const item = (text: string): string => `  - ${wrapped(text, WIDTH).replaceAll("\n", "\n    ")}`;
const indented = (text: string): string => `  ${wrapped(text, WIDTH).replaceAll("\n", "\n  ")}`;
