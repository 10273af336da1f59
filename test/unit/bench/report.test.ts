import { inTurns, jsonOf, median, type Report } from "../../../bench/report";
import { tableOf } from "../../../bench/table";

const report: Report = {
  chromaExportOverWire: {
    ratio: 1.834,
    sentence: "exporting takes 3 s",
    target: "at most 2.0",
    met: true,
    numbers: { exportSeconds: [3, 3.1] },
  },
  pgDumpOverLimit: { ratio: 1.25, sentence: "dumping takes 5 s", target: "at most 1.1", met: false, numbers: {} },
  archivingAt30MBps: { sentence: "no segment was behind", target: "at most 4 segments behind", met: true, numbers: {} },
};

test("JSON has each ratio by its name, and what was measured beside it", () => {
  const read = JSON.parse(jsonOf(report));
  expect(read).toEqual({ chromaExportOverWire: 1.834, pgDumpOverLimit: 1.25, measurements: report });
});

test("the table says of each what it found, its target, and whether it was met", () => {
  const lines = tableOf(report);
  expect(lines).toMatch(/chromaExportOverWire.*1\.83.*at most 2\.0.*│ met/);
  expect(lines).toMatch(/pgDumpOverLimit.*1\.25.*at most 1\.1.*NOT met/);
  expect(lines).toContain("no segment was behind");
});

test("the median of an even number of values lies between the two in the middle", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test("what is compared takes turns, and the order is the opposite one each time", async () => {
  const seen: string[] = [];
  const note = (name: string) => async (): Promise<void> => void seen.push(name);
  await inTurns(3, [note("a"), note("b")]);
  expect(seen.join("")).toBe("abbaab");
});
