import { z } from "zod";
import { Exclusion } from "../../recovery/coverage/exclusion";
import { Forge } from "../../recovery/coverage/forge";
import { Region, Schedule } from "./values";

/** `lifeboat:coverage`. */
export const CoverageValues = z
  .strictObject({
    schedule: Schedule.prefault("rate(12 hours)").describe(
      "How often what exists in the account is compared with what is protected; twice a day at least, so that a day without an answer alarms",
    ),
    regions: z
      .array(Region)
      .min(1)
      .optional()
      .describe(
        "Regions whose databases, volumes and secrets are listed, else the primary and the recovery region; buckets are listed whole",
      ),
    forges: z
      .array(Forge)
      .default([])
      .describe("Where repositories are kept: those that nobody configured are uncovered in a person's `coverage`; docs/coverage.md"),
    exclusions: z.array(Exclusion).default([]).describe("What need not be protected, each with a reason and an owner"),
  })
  .prefault({});
export type CoverageValues = z.infer<typeof CoverageValues>;

/** An alarm that waits a day for an answer must be able to get one. */
const LONGEST_INTERVAL_SECONDS = 43_200;

export const coverageFailures = ({ coverage }: { readonly coverage?: CoverageValues }): string[] =>
  coverage !== undefined && coverage.schedule.intervalSeconds > LONGEST_INTERVAL_SECONDS
    ? [`coverage.schedule: ${coverage.schedule.expression} is less often than twice a day`]
    : [];
