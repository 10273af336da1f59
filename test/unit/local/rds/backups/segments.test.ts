import fc from "fast-check";
import {
  type Ancestor,
  formatLsn,
  parseHistory,
  parseLsn,
  parseSegmentName,
  segmentName,
  segmentNumberAt,
  segmentNumberBefore,
  segmentsFrom,
} from "../../../../../local/rds/backups/segments";

const segmentBytes = fc.constantFrom(1, 16, 64, 1024).map((mebibytes) => mebibytes * 1024 * 1024);
const timeline = fc.integer({ min: 1, max: 0xffff_ffff });
const number = fc.integer({ min: 0, max: 2 ** 32 });
const lsn = fc.bigInt({ min: 0n, max: 2n ** 60n });

describe("A WAL segment", () => {
  test("has the name that PostgreSQL gives it, across the end of a log", () => {
    expect(segmentName({ timeline: 1, number: 255 })).toBe("0000000100000000000000FF");
    expect(segmentName({ timeline: 1, number: 256 })).toBe("000000010000000100000000");
    expect(segmentName({ timeline: 26, number: 3 }, 1024 ** 3)).toBe("0000001A0000000000000003");
    expect(segmentName({ timeline: 26, number: 4 }, 1024 ** 3)).toBe("0000001A0000000100000000");
  });

  test("is read back from its name, whatever its size", () => {
    fc.assert(
      fc.property(timeline, number, segmentBytes, (line, at, bytes) => {
        expect(parseSegmentName(segmentName({ timeline: line, number: at }, bytes), bytes)).toEqual({ timeline: line, number: at });
      }),
    );
  });

  test("follows another in the order of names", () => {
    fc.assert(
      fc.property(timeline, number, segmentBytes, (line, at, bytes) => {
        expect(segmentName({ timeline: line, number: at }, bytes) < segmentName({ timeline: line, number: at + 1 }, bytes)).toBe(true);
      }),
    );
  });

  test.each([
    ["a history", "00000002.history"],
    ["a label", "000000010000000000000002.00000028.backup"],
    ["a partial one", "000000010000000000000002.partial"],
    ["a number that no log has", "000000010000000000000100"],
    ["timeline 0", "000000000000000000000001"],
    ["small letters", "0000000a0000000000000001"],
  ])("is not %s", (_what, name) => {
    expect(parseSegmentName(name)).toBeUndefined();
  });

  test("holds the positions from its first byte to its last", () => {
    fc.assert(
      fc.property(lsn, segmentBytes, (position, bytes) => {
        const at = segmentNumberAt(position, bytes);
        expect(BigInt(at) * BigInt(bytes) <= position && position < BigInt(at + 1) * BigInt(bytes)).toBe(true);
      }),
    );
    expect(segmentNumberBefore(parseLsn("0/3000000"))).toBe(2);
    expect(segmentNumberBefore(parseLsn("0/3000001"))).toBe(3);
  });
});

describe("A WAL position", () => {
  test("is read back from its text", () => {
    fc.assert(
      fc.property(lsn, (position) => {
        expect(parseLsn(formatLsn(position))).toBe(position);
      }),
    );
    expect(() => parseLsn("17/")).toThrow(/is no WAL position/);
  });
});

describe("A recovery", () => {
  test("reads every segment once, each from the timeline that went on from it", () => {
    // Timeline 2 left 1 in segment 5, timeline 3 left 2 at the end of segment 6.
    const ancestors = parseHistory("1\t0/5000100\tno recovery target specified\n\n2\t0/7000000\tbefore transaction\n");

    const segments = segmentsFrom({ timeline: 1, number: 3 }, { timeline: 3, number: 8 }, ancestors);

    expect(segments?.map(({ timeline: line, number: at }) => `${line}:${at}`)).toEqual(["1:3", "1:4", "2:5", "2:6", "3:7", "3:8"]);
  });

  test("is impossible on a timeline that does not descend, or that left before", () => {
    const ancestors: readonly Ancestor[] = [{ timeline: 1, endLsn: parseLsn("0/5000100") }];

    expect(segmentsFrom({ timeline: 1, number: 6 }, { timeline: 2, number: 8 }, ancestors)).toBeUndefined();
    expect(segmentsFrom({ timeline: 4, number: 3 }, { timeline: 2, number: 8 }, ancestors)).toBeUndefined();
    expect(segmentsFrom({ timeline: 1, number: 9 }, { timeline: 1, number: 8 }, [])).toBeUndefined();
  });

  test("has no holes and never goes back to an older timeline", () => {
    const forks = fc.uniqueArray(fc.integer({ min: 1, max: 600 }), { maxLength: 5 }).map((numbers) => numbers.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(forks, fc.nat(40), (numbers, beyond) => {
        const ancestors = numbers.map((at, index) => ({ timeline: index + 1, endLsn: BigInt(at) * 16n * 1024n * 1024n + 8n }));
        const last = { timeline: numbers.length + 1, number: (numbers.at(-1) ?? 0) + beyond };

        const segments = segmentsFrom({ timeline: 1, number: 0 }, last, ancestors) ?? [];

        expect(segments.map((each) => each.number)).toEqual(Array.from({ length: last.number + 1 }, (_, at) => at));
        for (const [at, each] of segments.entries()) expect(each.timeline).toBeGreaterThanOrEqual(segments[at - 1]?.timeline ?? 1);
        expect(segments.at(-1)).toEqual(last);
      }),
    );
  });
});
