import fc from "fast-check";
import { expiryOf } from "../../../../../local/rds/backups/retention";
import type { BaseFacts } from "../../../../../local/rds/backups/window";
import { at, base } from "./holdings";

const DAY = 86_400;

test("a base backup goes when a newer one is as old as the retention period", () => {
  const bases = [base(1 * DAY, 1), base(2 * DAY, 5), base(3 * DAY, 9)];

  expect(expiryOf(bases, at(9 * DAY), 7)).toMatchObject({ bases: ["base-86400"], segmentsBefore: 5 });
  expect(expiryOf(bases, at(9 * DAY - 1), 7)).toBeUndefined();
});

test("the reason names what it is restored from", () => {
  expect(expiryOf([base(DAY, 1), base(2 * DAY, 5)], at(9 * DAY), 7)?.reason).toMatch(
    /7 days .* base-172800, which ended at 1970-01-03T00:00:00.000000Z .*000000010000000000000005/,
  );
});

test("every time of the period stays restorable, and the last base backup stays", () => {
  const ends = fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(ends, fc.integer({ min: 1, max: 35 }), fc.integer({ min: 0, max: 200 }), (days, retentionDays, today) => {
      const bases: BaseFacts[] = days.toSorted((a, b) => a - b).map((day) => base(day * DAY, day));
      const expiry = expiryOf(bases, at(today * DAY), retentionDays);
      const kept = bases.filter(({ id }) => !expiry?.bases.includes(id));

      expect(kept).toContainEqual(bases.at(-1));
      const begin = Math.max((today - retentionDays) * DAY, days.toSorted((a, b) => a - b)[0] ?? 0);
      // Where the begin of the period could be restored, it still can.
      if (bases.some(({ end }) => end <= BigInt(begin) * 1_000_000n)) {
        expect(kept.some(({ end }) => end <= BigInt(Math.max(begin, (today - retentionDays) * DAY)) * 1_000_000n)).toBe(true);
      }
      for (const { first } of kept) expect(first.number).toBeGreaterThanOrEqual(expiry?.segmentsBefore ?? 0);
    }),
  );
});
