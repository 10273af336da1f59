import { z } from "zod";
import { parseDurationSeconds } from "../../recovery/duration";
import { messageOf } from "../../recovery/errors";
import { longestIntervalSeconds } from "../../recovery/schedule";

/** "15m" in a stack file, seconds in the program. */
export const Duration = z
  .string()
  .transform((text, context): number => {
    try {
      return parseDurationSeconds(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
      return z.NEVER;
    }
  })
  .meta({ title: "duration" });

/** An EventBridge schedule, with the longest interval that follows from it. */
export const Schedule = z
  .string()
  .transform((expression, context) => {
    try {
      return { expression, intervalSeconds: longestIntervalSeconds(expression) };
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
      return z.NEVER;
    }
  })
  .meta({ title: "schedule" });
export type Schedule = z.infer<typeof Schedule>;

export const Region = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as eu-west-1")
  .meta({ title: "region" });

// S3 bucket names have at most 63 characters; "-documents-vault-", the account and the longest region leave 18 for the system.
// Two hyphens in a row may not stand in the name of a database instance.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
export const System = z
  .string()
  .regex(/^(?!.*--)[a-z][a-z0-9-]{1,16}[a-z0-9]$/, "3 to 18 lower-case letters, digits and single hyphens")
  .meta({ title: "3 to 18 lower-case letters, digits and single hyphens" });

export const Text = z.string().min(1);

export const tierOf = (store: string, tier: string) => z.string().default(tier).describe(`Tier of the ${store}`);
export const alarmAt = Duration.describe("Lag at which people are paged; not after the tier's RPO");
