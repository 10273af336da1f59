import { isoSeconds } from "../../../recovery/strategy/wording";
import { table, wrapped } from "../../drill/tables";
import type { Verified } from "./verify";

const WIDTH = 50;

const OUTCOMES: Readonly<Record<Verified["outcome"], string>> = {
  passed: "read back now: it can be restored from",
  failed: "READ BACK NOW, AND NOT WHAT ITS ENTRY SAYS: it is never restored from (docs/runbooks/refused-point.md)",
  "already-proven": "read back now, as the proof that stands says",
  unreadable: "ITS ENTRY IS NONE OF THIS SYSTEM: docs/runbooks/refused-point.md",
  unfinished: "NOT READ TO ITS END YET: it takes several runs, and the schedule goes on with it",
  expired: "NOT READ: its lock has ended, and it may be gone tomorrow",
};

export const renderVerified = ({ pointId, outcome, passed, provenAt, checks }: Verified): string =>
  [
    `${pointId}: ${OUTCOMES[outcome]}${outcome === "already-proven" && !passed ? ": IT DOES NOT READ BACK" : ""}`,
    ...(provenAt === null
      ? []
      : [
          table(
            ["", "check", "expected", "seen"],
            checks.map((check) => [
              check.passed ? "✔" : "✘",
              wrapped(check.name, WIDTH),
              wrapped(check.expected, WIDTH),
              wrapped(check.actual, WIDTH),
            ]),
          ),
          `Proof of ${isoSeconds(new Date(provenAt))}, ${checks.length} checks`,
        ]),
  ].join("\n");

export const verifiedJson = (verified: Verified): string =>
  `${JSON.stringify({ schema: "lifeboat/verified/1", ...verified }, undefined, 2)}\n`;
