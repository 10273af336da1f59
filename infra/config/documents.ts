import { z } from "zod";
import { formatSeconds } from "../../recovery/duration";
import { renewalMarginDays } from "../../recovery/objects/locks";
import { Duration, Schedule, Text } from "./values";

const Price = z.number().nonnegative();

const ClassPrices = (storageGbMonth: number, transitionsThousand: number, retrievalGb: number) =>
  z
    .strictObject({
      storageGbMonth: Price.default(storageGbMonth).describe("Dollars for a GB and month"),
      transitionsThousand: Price.default(transitionsThousand).describe("Dollars for 1,000 objects that a lifecycle rule moves there"),
      retrievalGb: Price.default(retrievalGb).describe(
        "Dollars for a GB that is read; of the archive classes, by a bulk or standard retrieval",
      ),
    })
    .prefault({});

/** Prices are the configuration's, with where and when they were read: nobody tells the program when AWS changes them. */
const StoragePricesValues = z
  .strictObject({
    source: Text.default(
      "https://aws.amazon.com/s3/pricing/ (list prices of us-east-1, as quoted by https://awsnegotiations.com/s3-storage.html)",
    ).describe("Where the prices were read"),
    readOn: z.iso.date().default("2026-11-26").describe("When"),
    standardGbMonth: Price.default(0.023).describe("Dollars for a GB and month in STANDARD"),
    classes: z
      .strictObject({
        STANDARD_IA: ClassPrices(0.0125, 0.01, 0.01),
        GLACIER_IR: ClassPrices(0.004, 0.02, 0.03),
        GLACIER: ClassPrices(0.0036, 0.03, 0.01),
        DEEP_ARCHIVE: ClassPrices(0.00099, 0.05, 0.02),
      })
      .prefault({}),
  })
  .prefault({});

const Versions = z.int().min(1).max(36_500);

/** `lifeboat:documents`. */
export const DocumentsValues = z
  .strictObject({
    noncurrentDays: Versions.default(30).describe("Days for which overwritten and deleted versions stay in the documents bucket"),
    recoveryNoncurrentDays: Versions.default(365).describe(
      "Days for which they stay in the live-ready replica. In the locked copies' bucket they stay for `vault.documentsRetentionDays`",
    ),
    comparison: z
      .strictObject({
        schedule: Schedule.prefault("rate(1 hour)").describe(
          "How often the documents are compared with both of their copies, by listing them",
        ),
        rotationRuns: z
          .int()
          .min(1)
          .max(100_000)
          .default(168)
          .describe("In how many comparisons every object's checksum and lock is looked at once: 168 hours are a week"),
        staleAfter: Duration.prefault("1d").describe("Age of the last whole comparison at which people are paged"),
      })
      .prefault({}),
    inventory: z
      .enum(["daily", "off"])
      .default("daily")
      .describe(
        "Whether S3 Inventory reports on all three buckets besides, and the reports are compared. Not where the documents' bucket existed: nothing is configured there but its replication",
      ),
    renewals: Schedule.prefault("rate(1 day)").describe(
      "How often the locks of what is kept for longer than its first lock are renewed. Every run goes on where the last one stopped: with many millions of documents, hourly",
    ),
    tiers: z
      .enum(["automatic", "off"])
      .default("automatic")
      .describe(
        "Whether lifecycle rules move locked copies and exports to the storage class that costs least by these prices and meets the RTO",
      ),
    typicalBytes: z.int().positive().default(1_048_576).describe("Size of a typical document, by which storage classes are chosen"),
    prices: StoragePricesValues,
  })
  .prefault({});
export type DocumentsValues = z.infer<typeof DocumentsValues>;

/** Whether S3 Inventory reports on the documents. Of a bucket that is not Lifeboat's nothing is configured but its replication. */
export const hasInventories = ({
  documents,
  objects,
}: {
  readonly documents: Pick<DocumentsValues, "inventory">;
  readonly objects: { readonly existing?: unknown };
}): boolean => documents.inventory === "daily" && objects.existing === undefined;

const DAY_SECONDS = 86_400;

/** What the schema cannot say of the documents' values: one sentence for each failure. */
export const documentsFailures = ({
  documents,
  vault,
}: {
  readonly documents?: DocumentsValues;
  readonly vault?: { readonly documentsRetentionDays: number };
}): string[] => {
  if (documents === undefined) return [];
  const { comparison, renewals } = documents;
  const failures: string[] = [];
  if (comparison.staleAfter <= comparison.schedule.intervalSeconds)
    failures.push(
      `documents.comparison.staleAfter: ${formatSeconds(comparison.staleAfter)} is not longer than the ${formatSeconds(comparison.schedule.intervalSeconds)} between two comparisons`,
    );
  if (vault === undefined) return failures;
  const marginSeconds = renewalMarginDays({ days: vault.documentsRetentionDays }) * DAY_SECONDS;
  // Below a few days nothing is renewed in earnest: that is a drill's or a test's retention.
  if (vault.documentsRetentionDays >= 4 && renewals.intervalSeconds > marginSeconds)
    failures.push(
      `documents.renewals: every ${formatSeconds(renewals.intervalSeconds)} is less often than the ${formatSeconds(marginSeconds)} before a lock's end in which it is renewed`,
    );
  return failures;
};
