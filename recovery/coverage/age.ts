import * as z from "zod";
import { durationText } from "../strategy/wording";

/** How old what stands for something may be. */
export const AgeLimit = z.object({
  seconds: z.number().positive(),
  /** What the limit is made of, for whoever reads that it was passed. */
  because: z.string(),
});
export type AgeLimit = z.infer<typeof AgeLimit>;

/** Clocks of two machines differ by less. What is further ahead was not written at the time that it says. */
const CLOCKS_DIFFER_SECONDS = 300;

/** Why something of this time protects nothing now, with its age; undefined while it is young enough. */
export const staleness = (asOf: Date, now: Date, { seconds, because }: AgeLimit): string | undefined => {
  const age = (now.getTime() - asOf.getTime()) / 1000;
  if (age < -CLOCKS_DIFFER_SECONDS) return `it is dated ${durationText(-age)} ahead: a clock is wrong, and its age is not known`;
  return age > seconds ? `stale: it is ${durationText(age)} old, and may be ${durationText(seconds)} (${because})` : undefined;
};
