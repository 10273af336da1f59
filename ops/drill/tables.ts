import Table from "cli-table3";

/** A table with a head, its cells as text. Without colours: it is read in logs too. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  rightAligned: readonly number[] = [],
): string => {
  const colAligns = head.map((_, column) => (rightAligned.includes(column) ? ("right" as const) : ("left" as const)));
  const drawn = new Table({ head: [...head], colAligns, style: { head: [], border: [], compact: true } });
  for (const row of rows) drawn.push(row.map(String));
  return drawn.toString();
};

export const BAR_WIDTH = 40;

/**
 * A bar at its place on a timeline from 0 to `total`. Whatever took time is at least one mark wide, so that a short phase is seen.
 */
export const timelineBar = (start: number, length: number, total: number, width: number = BAR_WIDTH): string => {
  if (length <= 0 || total <= 0) return " ".repeat(width);
  const from = Math.min(width - 1, Math.floor((start / total) * width));
  const to = Math.min(width, Math.max(from + 1, Math.round(((start + length) / total) * width)));
  return `${" ".repeat(from)}${"█".repeat(to - from)}${" ".repeat(width - to)}`;
};

/** One decimal: finer differences are noise. */
export const secondsText = (seconds: number): string => `${seconds.toFixed(1)} s`;

/** Wraps a long cell at words. */
export const wrapped = (text: string, width: number): string => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
};
