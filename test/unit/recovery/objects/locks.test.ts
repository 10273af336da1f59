import fc from "fast-check";
import { lockProblem, renewalMarginDays, renewalRuns, requiredUntil } from "../../../../recovery/objects/locks";

const DAY_MS = 86_400_000;
const NOW = new Date("2026-11-26T12:00:00.000Z");
const daysFrom = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

describe("the lock that a copy needs", () => {
  it("lasts for its period from its writing on while that is not about to end", () => {
    expect(requiredUntil(undefined, daysFrom(-100), { days: 365 }, NOW)).toEqual(daysFrom(265));
  });

  it("is renewed for a period from now when it ends within the margin", () => {
    expect(requiredUntil(daysFrom(20), daysFrom(-345), { days: 365 }, NOW)).toEqual(daysFrom(365));
  });

  it("stays as it was renewed before", () => {
    expect(requiredUntil(daysFrom(200), daysFrom(-500), { days: 365 }, NOW)).toEqual(daysFrom(-135));
  });

  it("never ends, for a copy that is looked at once in every round of runs, however long it stays current", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 3650 }), fc.integer({ min: 0, max: 400 }), (days, phase) => {
        const period = { days };
        const runs = renewalRuns(period);
        let until = daysFrom(days);
        const unlocked: number[] = [];
        for (let day = phase % runs; day < 3 * days; day += runs) {
          const now = daysFrom(day);
          if (until <= now) unlocked.push(day);
          const required = requiredUntil(until, NOW, period, now);
          if (required > until) until = required;
        }
        expect(unlocked).toEqual([]);
      }),
    );
  });

  it("survives a round of runs that did not happen", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 3650 }), (days) => {
        expect(2 * renewalRuns({ days })).toBeLessThanOrEqual(Math.max(2, renewalMarginDays({ days })));
      }),
    );
  });
});

describe("what is wrong with a lock", () => {
  const period = { days: 365 };

  it.each([
    ["no lock", undefined, -10, "no lock"],
    ["one that has ended", daysFrom(-1), -400, "its lock ended 2026-11-25T12:00:00.000Z"],
    ["one shorter than the period", daysFrom(30), -10, "locked until 2026-12-26T12:00:00.000Z, which is before 2027-11-16T12:00:00.000Z"],
    ["one that is a second short: S3 rounds", new Date(daysFrom(355).getTime() - 1000), -10, undefined],
    ["one of an old copy that was renewed", daysFrom(3), -1000, undefined],
  ])("%s", (_name, until, writtenDaysAgo, problem) => {
    expect(lockProblem(until, daysFrom(writtenDaysAgo), period, NOW)).toBe(problem);
  });
});
