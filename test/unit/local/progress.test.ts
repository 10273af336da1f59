import { stripVTControlCharacters } from "node:util";
import { terminalProgress } from "../../../local/progress";

const buffer = (isTTY: boolean, columns?: number) => {
  const written: string[] = [];
  return { written, stream: { isTTY, columns, write: (text: string) => written.push(text) } };
};

test("writes plain lines where nobody rewrites them: start, end, and an update only after some seconds", () => {
  const { written, stream } = buffer(false);
  let nowMs = 0;
  const step = terminalProgress(stream, () => nowMs).step("building");

  nowMs = 1_000;
  step.update("too early");
  nowMs = 6_000;
  step.update("half", 0.5);
  nowMs = 8_000;
  step.done("all of it");

  expect(written).toEqual(["  building ...\n", "  building: half (6.0 s)\n", "✔ building: all of it (8.0 s)\n"]);
});

test("says that a step failed", () => {
  const { written, stream } = buffer(false);

  terminalProgress(stream, () => 0)
    .step("building")
    .fail("no compiler");

  expect(written.at(-1)).toBe("✘ building: no compiler (0.0 s)\n");
});

test("keeps to one line on a terminal, within its width, and leaves a line for each ended step", () => {
  const { written, stream } = buffer(true, 40);
  const progress = terminalProgress(stream, () => 0);
  const first = progress.step("first");
  const second = progress.step("second, with a label that is longer than the terminal is wide");

  second.done();
  first.done("ok");

  const lines = written.filter((text) => !text.startsWith("\r"));
  for (const text of lines.filter((line) => !line.endsWith("\n"))) expect(text.length).toBeLessThan(40);
  expect(lines.filter((line) => line.endsWith("\n")).map((line) => stripVTControlCharacters(line))).toEqual([
    "✔ second, with a label that is longer than the terminal is wide (0.0 s)\n",
    "✔ first: ok (0.0 s)\n",
  ]);
});
