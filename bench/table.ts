import Table from "cli-table3";
import type { Report } from "./report";

const SENTENCE_WIDTH = 80;

/** The report for a terminal. Without colours: it is read in logs too. */
export const tableOf = (report: Report): string => {
  const table = new Table({
    head: ["measured in this run", "ratio", "target", ""],
    colAligns: ["left", "right", "left", "left"],
    colWidths: [SENTENCE_WIDTH, null, null, null],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const [name, { ratio, sentence, target, met }] of Object.entries(report))
    table.push([`${name}\n${sentence}`, ratio === undefined ? "" : ratio.toFixed(2), target, met ? "met" : "NOT met"]);
  return table.toString();
};
