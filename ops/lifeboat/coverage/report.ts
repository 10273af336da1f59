import type { CoverageResponse } from "../../../lambdas/coverage/events";
import { table, wrapped } from "../../drill/tables";

const NAME_WIDTH = 56;
const REASON_WIDTH = 64;
const NOTE_WIDTH = 130;

const WORDS: Readonly<Record<CoverageResponse["lines"][number]["verdict"], string>> = {
  protected: "protected",
  own: "Lifeboat's",
  excluded: "excluded",
  unprotected: "UNPROTECTED",
  unknown: "UNKNOWN",
};

export const renderCoverage = ({ lines, uncovered, unusedExclusions, notLookedAt }: CoverageResponse): string =>
  [
    table(
      ["", "kind", "name", "region", "why"],
      lines.map(({ verdict, kind, name, region = "-", reason }) => [
        WORDS[verdict],
        kind,
        cut(name),
        region,
        wrapped(reason, REASON_WIDTH),
      ]),
    ),
    ...unusedExclusions.map(
      ({ kind, match, owner }) => `The exclusion of ${kind} ${match} (${owner}) means nothing that exists: remove it`,
    ),
    ...(notLookedAt.length === 0
      ? []
      : ["Not looked at:", ...notLookedAt.map((what) => `  - ${wrapped(what, NOTE_WIDTH).replaceAll("\n", "\n    ")}`)]),
    uncovered === 0
      ? "Everything that could be listed is protected, Lifeboat's own, or left out on purpose."
      : `${uncovered} not covered. Hint: protect it, or leave it out by lifeboat:coverage.exclusions with a reason and an owner (docs/coverage.md).`,
  ].join("\n");

const cut = (name: string): string => (name.length <= NAME_WIDTH ? name : `${name.slice(0, NAME_WIDTH - 1)}…`);

export const coverageJson = (system: string, coverage: CoverageResponse): string =>
  `${JSON.stringify({ schema: "lifeboat/coverage/1", system, ...coverage }, undefined, 2)}\n`;
