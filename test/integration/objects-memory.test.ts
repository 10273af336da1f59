import { join } from "node:path";
import { z } from "zod";
import { run } from "../../local/process";

const ENTRY = join(__dirname, "..", "support", "objects-memory.ts");
const Measured = z.object({ entries: z.number(), requests: z.number(), peak: z.number() });

/** In a process of its own, as a function has it. */
const measured = async (work: string, entries: number) => {
  const { code, stdout, stderr } = await run({
    command: process.execPath,
    args: ["--expose-gc", "--import", "tsx", ENTRY, work, String(entries)],
  });
  if (code !== 0) throw new Error(stderr);
  const found = Measured.parse(JSON.parse(stdout));
  expect(found.entries).toBe(entries);
  return found;
};

/** Requests for a thousand entries: pages of each listing; of the inventories the files of the three reports, of a hundred thousand rows each. */
test.each([
  ["comparing", 3],
  ["inventories", 0.03],
  ["listingPoints", 1],
  ["rollback", 2],
  ["renewingPoints", 1],
  ["renewingDocuments", 2],
])("%s: ten times the entries take hardly more memory, and their pages", async (work, aThousand) => {
  const [small, large] = [await measured(work, 10_000), await measured(work, 100_000)];

  expect(large.peak / small.peak).toBeLessThan(1.25);
  // A call has some requests of its own, however many entries there are.
  expect(large.requests).toBeLessThanOrEqual(100 * aThousand + 5);
  expect(small.requests).toBeLessThanOrEqual(10 * aThousand + 5);
});
