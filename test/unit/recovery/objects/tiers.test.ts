import fc from "fast-check";
import { CLASS_FACTS, type StoragePrices, TIER_CLASSES } from "../../../../recovery/objects/storage-classes";
import { chooseTiers, costOf, type KeptObjects } from "../../../../recovery/objects/tiers";

const PRICES: StoragePrices = {
  standardGbMonth: 0.023,
  classes: {
    STANDARD_IA: { storageGbMonth: 0.0125, transitionsThousand: 0.01, retrievalGb: 0.01 },
    GLACIER_IR: { storageGbMonth: 0.004, transitionsThousand: 0.02, retrievalGb: 0.03 },
    GLACIER: { storageGbMonth: 0.0036, transitionsThousand: 0.03, retrievalGb: 0.01 },
    DEEP_ARCHIVE: { storageGbMonth: 0.00099, transitionsThousand: 0.05, retrievalGb: 0.02 },
  },
};
const HOUR = 3600;
const MIB = 1024 ** 2;
const YEAR: KeptObjects = { typicalBytes: MIB, keptDays: 365, readsPerMonth: 0, rtoSeconds: 4 * HOUR, readAtOnce: false };

const classesOf = (kept: KeptObjects) => chooseTiers(kept, PRICES).transitions.map(({ storageClass }) => storageClass);
const reasonOf = (kept: KeptObjects, storageClass: string) =>
  chooseTiers(kept, PRICES).reasons.find((reason) => reason.storageClass === storageClass)?.reason;

const kept = fc.record({
  typicalBytes: fc.integer({ min: 1, max: 5 * 1024 ** 3 }),
  keptDays: fc.integer({ min: 1, max: 3650 }),
  readsPerMonth: fc.double({ min: 0, max: 40, noNaN: true }),
  rtoSeconds: fc.integer({ min: 60, max: 200 * HOUR }),
  readAtOnce: fc.boolean(),
});

describe("the storage classes of what is kept", () => {
  it("documents of a year that nobody reads, back within four hours: Glacier Instant Retrieval, at a fifth of the price", () => {
    const choice = chooseTiers(YEAR, PRICES);

    expect(choice.transitions).toEqual([{ days: 0, storageClass: "GLACIER_IR" }]);
    expect(choice.cost / choice.standardCost).toBeLessThan(0.3);
    expect(reasonOf(YEAR, "GLACIER")).toBe("a retrieval takes up to 12 h, more than half of the RTO of 4 h");
    expect(reasonOf(YEAR, "DEEP_ARCHIVE")).toBe("a retrieval takes up to 2 d, more than half of the RTO of 4 h");
  });

  it("small objects stay in STANDARD: they are charged as if they had 128 KiB, and moving them costs", () => {
    expect(classesOf({ ...YEAR, typicalBytes: 4 * 1024 })).toEqual([]);
    expect(chooseTiers(YEAR, PRICES).minimumBytes).toBe(128 * 1024);
  });

  it("what verification reads every day stays in STANDARD: each reading is charged in every other class", () => {
    expect(classesOf({ ...YEAR, keptDays: 90, readsPerMonth: 30 })).toEqual([]);
  });

  it("what is kept for a week is moved nowhere: every class is charged for a month at least", () => {
    expect(classesOf({ ...YEAR, keptDays: 7 })).toEqual([]);
    expect(reasonOf({ ...YEAR, keptDays: 7 }, "STANDARD_IA")).toBe("nothing is kept for 30 days");
  });

  it("an archive that may take four days to come back lies in Deep Archive, unless functions read it as it lies", () => {
    const archive = { ...YEAR, typicalBytes: 1024 * MIB, rtoSeconds: 96 * HOUR };

    expect(classesOf(archive)).toEqual(["DEEP_ARCHIVE"]);
    expect(classesOf({ ...archive, readAtOnce: true })).toEqual(["GLACIER_IR"]);
  });

  it("are never dearer than STANDARD, back in time, and in an order that S3 allows", () => {
    fc.assert(
      fc.property(kept, (some) => {
        const choice = chooseTiers(some, PRICES);
        expect(choice.cost).toBeLessThanOrEqual(choice.standardCost);
        for (const [index, { days, storageClass }] of choice.transitions.entries()) {
          const facts = CLASS_FACTS[storageClass];
          expect(days).toBeGreaterThanOrEqual(facts.earliestDay);
          expect(days).toBeLessThan(some.keptDays);
          expect(facts.retrievalSeconds).toBeLessThanOrEqual(some.rtoSeconds / 2);
          const before = choice.transitions[index - 1];
          if (before === undefined) continue;
          expect(days - before.days).toBeGreaterThanOrEqual(30);
          expect(TIER_CLASSES.indexOf(storageClass)).toBeGreaterThan(TIER_CLASSES.indexOf(before.storageClass));
        }
      }),
    );
  });

  it("save from the smallest moved size on: every larger object is cheaper there than in STANDARD", () => {
    fc.assert(
      fc.property(kept, fc.integer({ min: 0, max: 12 }), (some, doublings) => {
        const choice = chooseTiers(some, PRICES);
        if (choice.transitions.length === 0) return;
        const larger = { ...some, typicalBytes: choice.minimumBytes * 2 ** doublings };
        expect(costOf(choice.transitions, larger, PRICES)).toBeLessThan(costOf([], larger, PRICES));
      }),
    );
  });

  it("every class has its reason, chosen or not", () => {
    fc.assert(
      fc.property(kept, (some) => {
        const { reasons, transitions } = chooseTiers(some, PRICES);
        expect(reasons.map(({ storageClass }) => storageClass)).toEqual([...TIER_CLASSES]);
        for (const { storageClass, chosen, reason } of reasons) {
          expect(chosen).toBe(transitions.some((transition) => transition.storageClass === storageClass));
          expect(reason).not.toBe("");
        }
      }),
    );
  });
});
