import fc from "fast-check";
import { ceilToDate, floorToDate, formatMicros, parseMicros, toMicros } from "../../../../../local/rds/backups/micros";

const micros = fc.bigInt({ min: 0n, max: 4_102_444_800_000_000n });

test("a time keeps its microseconds in the index", () => {
  fc.assert(
    fc.property(micros, (time) => {
      expect(parseMicros(formatMicros(time))).toBe(time);
    }),
  );
  expect(formatMicros(1_764_156_153_123_456n)).toBe("2025-11-26T11:22:33.123456Z");
  expect(() => parseMicros("2025-11-26T11:22:33Z")).toThrow(/no time in microseconds/);
});

test("the milliseconds around a time are at most one apart, and it lies between them", () => {
  fc.assert(
    fc.property(micros, (time) => {
      const [floor, ceil] = [toMicros(floorToDate(time)), toMicros(ceilToDate(time))];
      expect(floor <= time && time <= ceil && ceil - floor <= 1000n).toBe(true);
    }),
  );
});
