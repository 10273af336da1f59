import fc from "fast-check";
import { runsOf } from "../../../../local/pods/controllers/cron/due";
import { parseCron } from "../../../../local/pods/controllers/cron/schedule";

const at = (text: string): Date => new Date(text);
const next = (schedule: string, after: string): string | undefined => parseCron(schedule).next(at(after))?.toISOString().slice(0, 16);

describe("when a schedule is due, in UTC", () => {
  test.each([
    ["0 3 * * *", "2026-11-26T03:00:00Z", "2026-11-27T03:00"],
    ["0 3 * * *", "2026-11-26T02:59:59.999Z", "2026-11-26T03:00"],
    ["*/15 * * * *", "2026-11-26T18:46:00Z", "2026-11-26T19:00"],
    ["7-59/20 * * * *", "2026-11-26T18:27:00Z", "2026-11-26T18:47"],
    ["5/20 0 * * *", "2026-11-26T00:06:00Z", "2026-11-26T00:25"],
    ["0,30 8-9 * * mon-FRI", "2026-11-27T09:30:00Z", "2026-11-30T08:00"],
    ["0 0 29 feb *", "2026-11-26T00:00:00Z", "2028-02-29T00:00"],
    ["0 0 1 jan ?", "2026-11-26T00:00:00Z", "2027-01-01T00:00"],
    ["@hourly", "2026-12-31T23:00:00Z", "2027-01-01T00:00"],
    ["@weekly", "2026-11-26T00:00:00Z", "2026-11-29T00:00"],
    ["@monthly", "2026-11-26T00:00:00Z", "2026-12-01T00:00"],
    ["@yearly", "2026-11-26T00:00:00Z", "2027-01-01T00:00"],
  ])("%s after %s: %s", (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  test("either day will do when both are given, and both must fit when one is left open", () => {
    expect(next("0 0 13 * 5", "2026-11-26T12:00:00Z")).toBe("2026-11-27T00:00");
    expect(next("0 0 13 * 5", "2026-12-11T00:00:00Z")).toBe("2026-12-13T00:00");
    expect(next("0 0 */2 * 5", "2026-11-26T12:00:00Z")).toBe("2026-11-27T00:00");
  });

  test("a day that never comes has no next time", () => {
    expect(next("0 0 30 2 *", "2026-11-26T00:00:00Z")).toBeUndefined();
  });

  test.each([
    ["* * * *", "expected exactly 5 fields"],
    ["0 0 0 3 * *", "expected exactly 5 fields"],
    ["@every 5m", "expected exactly 5 fields"],
    ["60 * * * *", 'minute: received "60"; allowed: 0-59'],
    ["* 24 * * *", "hour"],
    ["* * 0 * *", "day of month"],
    ["* * * 13 *", "month"],
    ["* * * * 7", 'day of week: received "7"; allowed: 0-6 or sun-sat'],
    ["5-1 * * * *", "minute"],
    ["*/0 * * * *", "minute"],
    ["1-2-3 * * * *", "minute"],
    ["1.5 * * * *", "minute"],
    [", * * * *", "minute"],
  ])("%s is refused: %s", (schedule, why) => {
    expect(() => parseCron(schedule)).toThrow(why);
  });

  test("the next time is after the given one, fits every field, and nothing between them does", () => {
    const field = (least: number, most: number) =>
      fc.oneof(
        fc.constant({ text: "*", fits: () => true }),
        fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 }).map((values) => ({
          text: values.join(","),
          fits: (value: number) => values.includes(value),
        })),
      );
    const times = fc.date({ min: at("2000-01-01T00:00:00Z"), max: at("2090-01-01T00:00:00Z"), noInvalidDate: true });
    fc.assert(
      fc.property(field(0, 59), field(0, 23), field(1, 28), times, (minute, hour, day, after) => {
        const fits = (time: Date): boolean =>
          minute.fits(time.getUTCMinutes()) && hour.fits(time.getUTCHours()) && day.fits(time.getUTCDate());
        const found = parseCron(`${minute.text} ${hour.text} ${day.text} * *`).next(after);
        if (found === undefined || found <= after || !fits(found) || found.getTime() % 60_000 !== 0) return false;
        const hoursBefore = Math.min(24, Math.floor((found.getTime() - after.getTime()) / 3_600_000));
        const between = Array.from({ length: hoursBefore * 60 }, (_, back) => new Date(found.getTime() - (back + 1) * 60_000));
        return between.every((time) => time <= after || !fits(time));
      }),
      { numRuns: 200 },
    );
  });
});

describe("what was missed", () => {
  const hourly = parseCron("@hourly");
  const runs = (since: string, now: string, deadlineSeconds?: number): readonly (string | undefined)[] => {
    const { missed, next: coming } = runsOf(hourly, at(since), at(now), deadlineSeconds);
    return [missed, coming].map((time) => time?.toISOString().slice(11, 16));
  };

  test("is the newest due time only", () => {
    expect(runs("2026-11-26T10:00:00Z", "2026-11-26T13:20:00Z")).toEqual(["13:00", "14:00"]);
    expect(runs("2026-11-26T13:00:00Z", "2026-11-26T13:20:00Z")).toEqual([undefined, "14:00"]);
  });

  test("is given up after the deadline", () => {
    expect(runs("2026-11-26T10:00:00Z", "2026-11-26T13:20:00Z", 1_800)).toEqual(["13:00", "14:00"]);
    expect(runs("2026-11-26T10:00:00Z", "2026-11-26T13:20:00Z", 600)).toEqual([undefined, "14:00"]);
  });
});
