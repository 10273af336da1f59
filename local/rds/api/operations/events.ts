import type { Event } from "@aws-sdk/client-rds";
import { z } from "zod";
import type { RdsEvent } from "../../instances/events";
import type { Operation } from "../context";
import { invalidCombination, invalidValue } from "../errors";
import { filtered, filters, page, paging, parseInput } from "../inputs";

const describeInput = z.strictObject({
  ...paging,
  SourceIdentifier: z.string().optional(),
  SourceType: z.string().optional(),
  StartTime: z.date().optional(),
  EndTime: z.date().optional(),
  /** Minutes. */
  Duration: z.number().min(1).optional(),
  EventCategories: z.array(z.string()).optional(),
  Filters: filters,
});

/** The last hour, unless a time is given: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html */
export const describeEvents: Operation = (raw, { region, now }) => {
  const input = parseInput("DescribeEvents", describeInput, raw);
  if (input.SourceIdentifier !== undefined && input.SourceType === undefined) {
    throw invalidCombination("SourceType must be specified when SourceIdentifier is.");
  }
  const end = input.EndTime ?? now;
  const start = input.StartTime ?? new Date(end.getTime() - (input.Duration ?? 60) * 60_000);
  if (start > end) throw invalidValue(`StartTime ${start.toISOString()} is after EndTime ${end.toISOString()}.`);
  const found = region.events
    .filter(({ date }) => date >= start && date <= end)
    .filter(({ sourceType }) => input.SourceType === undefined || sourceType === input.SourceType)
    .filter(({ sourceIdentifier }) => input.SourceIdentifier === undefined || sourceIdentifier === input.SourceIdentifier.toLowerCase())
    .filter(({ category }) => input.EventCategories === undefined || input.EventCategories.includes(category));
  const { items, next } = page(filtered(found, input.Filters, {}), input);
  return { Events: items.map(view), Marker: next };
};

const view = ({ sourceIdentifier, sourceType, sourceArn, message, category, date }: RdsEvent): Event => ({
  SourceIdentifier: sourceIdentifier,
  SourceType: sourceType,
  SourceArn: sourceArn,
  Message: message,
  EventCategories: [category],
  Date: date,
});
