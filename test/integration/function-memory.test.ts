import { join } from "node:path";
import { z } from "zod";
import { run } from "../../local/process";

const ENTRY = join(__dirname, "..", "support", "function-memory.ts");
const Measured = z.object({ small: z.number(), large: z.number() });

/** Bytes that one more of what a function works on costs it, in a process of its own, as a function has it. */
const bytesEach = async (subject: string, small: number, large: number): Promise<number> => {
  const { code, stdout, stderr } = await run({
    command: process.execPath,
    args: ["--expose-gc", "--import", "tsx", ENTRY, subject, String(small), String(large)],
  });
  if (code !== 0) throw new Error(stderr);
  const measured = Measured.parse(JSON.parse(stdout));
  return (measured.large - measured.small) / (large - small);
};

// A key alone is some 100 bytes: what holds all of them is far above these.
test.each([
  ["rotation", "entries: an Nth of them is held", 5_000, 100_000, 20],
  ["documents-restore", "documents: none is held", 10_000, 200_000, 20],
  ["selection", "entries: the ones that it reads are held", 10_000, 100_000, 20],
  ["forgeries", "versions: the newest are held", 10_000, 100_000, 20],
  ["validate", "objects: 48 bits of each are held", 10_000, 200_000, 80],
  ["seal", "parts of one point: their names and digests are held", 2_000, 10_000, 2_000],
])("the memory of %s in %s", async (subject, _held, small, large, allowedBytesEach) => {
  expect(await bytesEach(subject, small, large)).toBeLessThan(allowedBytesEach);
});
