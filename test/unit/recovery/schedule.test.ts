import fc from "fast-check";
import { LifeboatError } from "../../../recovery/errors";
import { longestIntervalSeconds } from "../../../recovery/schedule";

const minute = fc.integer({ min: 0, max: 59 });
const hour = fc.integer({ min: 0, max: 23 });

/** The longest gap of two days of firings, found by trying every minute. */
const longestGapSeconds = (fires: (minuteOfDay: number) => boolean): number => {
  const firings = Array.from({ length: 2 * 1440 }, (_, index) => index).filter((index) => fires(index % 1440));
  return Math.max(...firings.slice(1).map((time, index) => time - (firings[index] ?? 0))) * 60;
};

describe("longestIntervalSeconds", () => {
  test.each([
    ["rate(1 minute)", 60],
    ["rate(5 minutes)", 300],
    ["rate(1 hour)", 3600],
    ["rate(7 days)", 604_800],
    ["cron(0 3 * * ? *)", 86_400],
    ["cron(0 3 ? * * *)", 86_400],
    ["cron(0 0,6 * * ? *)", 64_800],
    ["cron(0 */5 * * ? *)", 18_000],
    ["cron(*/15 * * * ? *)", 900],
    ["cron(0,50 8 * * ? *)", 1390 * 60],
  ])("%s", (expression, seconds) => {
    expect(longestIntervalSeconds(expression)).toBe(seconds);
  });

  test("agrees with a day tried minute by minute, for steps", () => {
    fc.assert(
      fc.property(
        minute,
        fc.integer({ min: 1, max: 59 }),
        hour,
        fc.integer({ min: 1, max: 23 }),
        (firstMinute, everyMinutes, firstHour, everyHours) => {
          const fires = (at: number): boolean => {
            const [h, m] = [Math.floor(at / 60), at % 60];
            return m >= firstMinute && (m - firstMinute) % everyMinutes === 0 && h >= firstHour && (h - firstHour) % everyHours === 0;
          };
          expect(longestIntervalSeconds(`cron(${firstMinute}/${everyMinutes} ${firstHour}/${everyHours} * * ? *)`)).toBe(
            longestGapSeconds(fires),
          );
        },
      ),
    );
  });

  test("agrees with a day tried minute by minute, for lists", () => {
    fc.assert(
      fc.property(fc.array(minute, { minLength: 1, maxLength: 5 }), fc.array(hour, { minLength: 1, maxLength: 5 }), (minutes, hours) => {
        const fires = (at: number): boolean => hours.includes(Math.floor(at / 60)) && minutes.includes(at % 60);
        expect(longestIntervalSeconds(`cron(${minutes.join(",")} ${hours.join(",")} * * ? *)`)).toBe(longestGapSeconds(fires));
      }),
    );
  });

  test.each([
    "rate(1 minutes)",
    "rate(5 minute)",
    "rate(0 minutes)",
    "rate(1.5 hours)",
    "rate(10 seconds)",
    "every hour",
    "",
    "cron(0 3 * * * *)",
    "cron(0 3 ? * ? *)",
    "cron(60 * * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(*/0 * * * ? *)",
    "cron(0 3 1 * ? *)",
    "cron(0 3 ? * MON *)",
    "cron(0 3 * 1 ? *)",
    "cron(0 3 * * ? 2030)",
    "cron(0 3 * * ?)",
  ])("refuses %p, whose longest interval it cannot tell", (expression) => {
    expect(() => longestIntervalSeconds(expression)).toThrow(LifeboatError);
  });
});
