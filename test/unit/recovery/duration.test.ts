import fc from "fast-check";
import { formatSeconds, parseDurationSeconds } from "../../../recovery/duration";
import { LifeboatError } from "../../../recovery/errors";

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const unit = fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[]));

describe("parseDurationSeconds", () => {
  test("reads a whole number and its unit, with or without a space", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), unit, fc.constantFrom("", " "), (amount, name, space) => {
        expect(parseDurationSeconds(`${amount}${space}${name}`)).toBe(amount * UNITS[name]);
      }),
    );
  });

  test.each(["", "5", "m", "0m", "-5m", "1.5h", "5w", "5 m m", "five minutes", "1e3s", `${"9".repeat(400)}s`])("refuses %p", (text) => {
    expect(() => parseDurationSeconds(text)).toThrow(LifeboatError);
  });

  test("refuses what JavaScript cannot count exactly", () => {
    expect(() => parseDurationSeconds("99999999999999999999d")).toThrow(LifeboatError);
  });
});

describe("formatSeconds", () => {
  test("is exact for whole seconds: it reads back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
        const spelled = formatSeconds(seconds).replace("min", "m");
        expect(parseDurationSeconds(spelled)).toBe(seconds);
      }),
    );
  });

  test.each([
    [0, "0 s"],
    [45, "45 s"],
    [900, "15 min"],
    [5400, "90 min"],
    [3600, "1 h"],
    [172_800, "2 d"],
    [3.16, "3.2 s"],
  ])("%d is %p", (seconds, spelled) => {
    expect(formatSeconds(seconds)).toBe(spelled);
  });
});
