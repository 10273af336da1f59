import fc from "fast-check";
import { staleness } from "../../../../recovery/coverage/age";

const NOW = new Date("2026-11-24T12:00:00.000Z");
const LIMIT = { seconds: 3600, because: "the RPO" };
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

describe("staleness", () => {
  it.each([0, 3600, -299])("is none of what is %d s old", (seconds) => {
    expect(staleness(ago(seconds), NOW, LIMIT)).toBeUndefined();
  });

  it("begins with the next second", () => {
    expect(staleness(ago(3601), NOW, LIMIT)).toBeDefined();
  });

  it("never ends again as something grows older", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        (age, more, seconds) => {
          const limit = { seconds, because: "any" };
          if (staleness(ago(age), NOW, limit) !== undefined) expect(staleness(ago(age + more), NOW, limit)).toBeDefined();
          expect(staleness(ago(age), NOW, limit) === undefined).toBe(age <= seconds);
        },
      ),
    );
  });

  it("says the age, the limit, and what that is made of", () => {
    expect(staleness(ago(3660), NOW, LIMIT)).toBe("stale: it is 1 h 1 min old, and may be 1 h (the RPO)");
  });

  it("is not hidden by a clock that is ahead", () => {
    expect(staleness(ago(-301), NOW, LIMIT)).toBe("it is dated 5 min 1 s ahead: a clock is wrong, and its age is not known");
  });
});
