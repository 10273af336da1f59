import { join } from "node:path";
import { z } from "zod";
import { run } from "../../local/process";

const ENTRY = join(__dirname, "..", "support", "chroma-memory.ts");
const Measured = z.object({ records: z.number(), peak: z.number() });

/** In a process of its own, as a function has it. */
const peakOf = async (records: number): Promise<number> => {
  const { code, stdout, stderr } = await run({
    command: process.execPath,
    args: ["--expose-gc", "--import", "tsx", ENTRY, String(records)],
  });
  if (code !== 0) throw new Error(stderr);
  const measured = Measured.parse(JSON.parse(stdout));
  expect(measured.records).toBe(records);
  return measured.peak;
};

test("an export's memory is bounded by a piece, not by the store: six times the records take hardly more", async () => {
  const [small, large] = [await peakOf(5000), await peakOf(30_000)];

  expect(large / small).toBeLessThan(1.25);
});
