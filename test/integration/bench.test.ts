import { resolve } from "node:path";
import { z } from "zod";
import { run } from "../../local/process";

const MAIN = resolve(__dirname, "..", "..", "bench", "main.ts");
const RUN_MS = 300_000;
const Measured = z.looseObject({ sentence: z.string(), numbers: z.record(z.string(), z.unknown()) });
const Printed = z.looseObject({ measurements: z.record(z.string(), Measured) });

/** How fast anything is, is no test's business: that each bench runs against the real servers and finds what it says, is. */
const bench = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await run({
    command: process.execPath,
    args: ["--import", "tsx", MAIN, ...args, "--rounds", "1", "--json"],
  });
  return { code, stderr, printed: code === 0 ? Printed.parse(JSON.parse(stdout)) : undefined };
};

test(
  "the bench of Chroma exports, restores and compares a small collection, and prints its ratios",
  async () => {
    const { code, stderr, printed } = await bench("chroma", "--records", "2500");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(printed).toMatchObject({
      chromaExportOverWire: expect.any(Number),
      chromaExportSpeedupOverCdp: expect.any(Number),
      chromaRestoreOverBareLoop: expect.any(Number),
      chromaExportBytesOverReference: expect.any(Number),
    });
    // Sizes are the same in every run: the format is held to its target here.
    expect(printed?.chromaExportBytesOverReference).toBeLessThanOrEqual(1.1);
  },
  RUN_MS,
);

test(
  "the bench of the dump runs the job's own script on a small database, and its dump is no larger",
  async () => {
    const { code, stderr, printed } = await bench("dump", "--database-mb", "20");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(printed?.pgDumpOverLimit).toEqual(expect.any(Number));
    const { dumpBytes, limitBytes } = z
      .object({ dumpBytes: z.number(), limitBytes: z.number() })
      .parse(printed?.measurements.pgDumpOverLimit?.numbers);
    expect(dumpBytes).toBeLessThanOrEqual(limitBytes * 1.01);
  },
  RUN_MS,
);

test("a bench that there is not is refused with the ones that there are", async () => {
  const { code, stderr } = await bench("everything");
  expect(code).toBe(2);
  expect(stderr).toMatch(/There is no such bench.*everything.*chroma \| dump \| pitr/);
});
