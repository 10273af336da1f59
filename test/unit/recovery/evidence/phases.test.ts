import fc from "fast-check";
import { LifeboatError } from "../../../../recovery/errors";
import { PHASES, phasesFrom, sumOfPhases } from "../../../../recovery/evidence/phases";
import { at } from "./writes";

const lengths = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: PHASES.length });

const endsOf = (seconds: readonly number[]) => {
  let end = 0;
  return Object.fromEntries(
    seconds.map((length, index) => {
      end += length;
      return [PHASES[index] ?? "", at(end)];
    }),
  );
};

describe("phasesFrom", () => {
  test("gives each phase the time since the one before, and together the whole", () => {
    fc.assert(
      fc.property(lengths, (seconds) => {
        const phases = phasesFrom(at(0), endsOf(seconds));
        expect(phases).toEqual(seconds.map((length, index) => ({ name: PHASES[index], seconds: length })));
        expect(sumOfPhases(phases)).toBe(seconds.reduce((sum, length) => sum + length, 0));
      }),
    );
  });

  test("refuses a phase that ended before the one before it", () => {
    expect(() => phasesFrom(at(0), { decide: at(5), provision: at(4) })).toThrow(LifeboatError);
    expect(() => phasesFrom(at(6), { decide: at(5) })).toThrow(LifeboatError);
  });

  test("refuses a gap", () => {
    expect(() => phasesFrom(at(0), { decide: at(5), restore: at(9) })).toThrow(/restore ended, though nothing ended after decide/);
    expect(() => phasesFrom(at(0), { cutOver: at(9) })).toThrow(/after the disaster/);
  });
});
