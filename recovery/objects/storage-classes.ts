/** The classes that a lifecycle rule may move to, without those of a single zone, which a backup does not survive. */
export const TIER_CLASSES = ["STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"] as const;
export type TierClass = (typeof TIER_CLASSES)[number];

export interface ClassFacts {
  /** Charged for at least this long. */
  readonly minimumDays: number;
  /** Charged as if it were at least this large. */
  readonly minimumBillableBytes: number;
  /** Charged besides in the class itself, and in STANDARD. */
  readonly overheadBytes: number;
  readonly standardOverheadBytes: number;
  /** The first day on which a rule may move an object there. */
  readonly earliestDay: number;
  /** Until the last byte of a bulk or standard retrieval can be read, at its documented longest. Seconds. */
  readonly retrievalSeconds: number;
}

const KIB = 1024;
const HOUR = 3600;

/**
 * What AWS documents: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html (durations, sizes),
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html (the first day, the overhead),
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html (bulk 5 to 12 h, of DEEP_ARCHIVE within 48 h).
 */
export const CLASS_FACTS: Readonly<Record<TierClass, ClassFacts>> = {
  STANDARD_IA: {
    minimumDays: 30,
    minimumBillableBytes: 128 * KIB,
    overheadBytes: 0,
    standardOverheadBytes: 0,
    earliestDay: 30,
    retrievalSeconds: 0,
  },
  GLACIER_IR: {
    minimumDays: 90,
    minimumBillableBytes: 128 * KIB,
    overheadBytes: 0,
    standardOverheadBytes: 0,
    earliestDay: 0,
    retrievalSeconds: 0,
  },
  GLACIER: {
    ...{ minimumDays: 90, minimumBillableBytes: 0, earliestDay: 0 },
    ...{ overheadBytes: 32 * KIB, standardOverheadBytes: 8 * KIB, retrievalSeconds: 12 * HOUR },
  },
  DEEP_ARCHIVE: {
    ...{ minimumDays: 180, minimumBillableBytes: 0, earliestDay: 0 },
    ...{ overheadBytes: 32 * KIB, standardOverheadBytes: 8 * KIB, retrievalSeconds: 48 * HOUR },
  },
};

/** Prices of one region. Dollars. */
export interface ClassPrices {
  readonly storageGbMonth: number;
  /** Of 1,000 objects that are moved there. */
  readonly transitionsThousand: number;
  readonly retrievalGb: number;
}

export interface StoragePrices {
  readonly standardGbMonth: number;
  readonly classes: Readonly<Record<TierClass, ClassPrices>>;
}
