import fc from "fast-check";
import { lockFor, lockToSet } from "../../../../lambdas/seal/locks";
import type { ObjectLock } from "../../../../lambdas/shared/objects";

const locks: fc.Arbitrary<ObjectLock> = fc.record({
  mode: fc.constantFrom("GOVERNANCE" as const, "COMPLIANCE" as const),
  until: fc.date({ min: new Date("2026-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }),
});

describe("the lock of an object", () => {
  it("is never shortened or weakened, and always as long and strict as wanted", () => {
    fc.assert(
      fc.property(locks, locks, (standing, wanted) => {
        const after = lockToSet(standing, wanted) ?? standing;
        expect(after.until.getTime()).toBe(Math.max(standing.until.getTime(), wanted.until.getTime()));
        expect(after.mode === "COMPLIANCE" || (standing.mode === "GOVERNANCE" && wanted.mode === "GOVERNANCE")).toBe(true);
      }),
    );
  });

  it("is set once: what covers the wish already needs no call", () => {
    fc.assert(
      fc.property(locks, locks, (standing, wanted) => {
        const after = lockToSet(standing, wanted) ?? standing;
        expect(lockToSet(after, wanted)).toBeUndefined();
      }),
    );
  });

  it("is set as wanted where none stands", () => {
    const wanted = lockFor("GOVERNANCE", 90, new Date("2026-11-24T10:00:00.700Z"));
    expect(lockToSet(undefined, wanted)).toEqual({ mode: "GOVERNANCE", until: new Date("2027-02-22T10:00:00.000Z") });
  });
});
