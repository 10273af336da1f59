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

/**
 * How much more memory ten times the entries may take, and requests for a thousand of them: pages of each listing; of the inventories the files of the
 * three reports, of a hundred thousand rows each. Inventories have the beginnings of up to 1,024 shares in memory, and ten thousand entries make few shares.
 */
test.each([
  ["comparing", 1.25, 3],
  ["inventories", 2, 0.03],
  ["listingPoints", 1.25, 1],
  ["rollback", 1.25, 2],
  ["renewingPoints", 1.25, 1],
  ["renewingDocuments", 1.25, 2],
])("%s: ten times the entries take hardly more memory, and their pages", async (work, growth, aThousand) => {
  const [small, large] = [await measured(work, 10_000), await measured(work, 100_000)];

  expect(large.peak / small.peak).toBeLessThan(growth);
  // A call has some requests of its own, however many entries there are.
  expect(large.requests).toBeLessThanOrEqual(100 * aThousand + 5);
  expect(small.requests).toBeLessThanOrEqual(10 * aThousand + 5);
});
