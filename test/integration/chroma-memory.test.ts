import { join } from "node:path";
import { z } from "zod";
import { run } from "../../local/process";
import { RECORD_BYTES } from "../support/endless-chroma";

const ENTRY = join(__dirname, "..", "support", "chroma-memory.ts");
const FUNCTIONS = ["export", "seal", "verify", "import"] as const;
const Peaks = z.record(z.enum(FUNCTIONS), z.number());

/** In a process of its own, as a function has it. */
const peaksOf = async (records: number) => {
  const { code, stdout, stderr } = await run({
    command: process.execPath,
    args: ["--expose-gc", "--import", "tsx", ENTRY, String(records)],
  });
  if (code !== 0) throw new Error(stderr);
  return Peaks.parse(JSON.parse(stdout));
};

const SMALL = 4000;
const LARGE = 14_000;

test("memory is bounded by parts, not by the store: three times the records and more take hardly more of each function that reads them", async () => {
  const [small, large] = await Promise.all([peaksOf(SMALL), peaksOf(LARGE)]);

  // Kept, the records between them would add their vectors at least. What is in flight differs from look to look.
  const kept = (LARGE - SMALL) * RECORD_BYTES;
  for (const name of FUNCTIONS) expect([name, large[name] - small[name] < kept / 2]).toEqual([name, true]);
  // And each was looked at: a function that was never watched has no peak.
  for (const name of ["export", "verify", "import"] as const) expect([name, small[name] > 100_000]).toEqual([name, true]);
});
