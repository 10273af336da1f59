import * as z from "zod";
import { LifeboatError } from "../../recovery/errors";

/** An S3 event notification, as far as it is read here. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export const S3Event = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      eventTime: z.iso.datetime(),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({ key: z.string(), versionId: z.string().optional() }),
      }),
    }),
  ),
});
export type S3Event = z.infer<typeof S3Event>;

/** The message that S3 sends once when a notification is configured: there is nothing to do for it. */
const S3TestEvent = z.object({ Event: z.literal("s3:TestEvent") });

/** One object version that was written. */
export interface ArrivedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** When S3 wrote it. A second delivery of the same event has the same time. */
  readonly arrivedAt: Date;
}

/** Whether an event comes from S3, and not from a schedule. */
export const isFromS3 = (event: unknown): boolean => S3Event.safeParse(event).success || S3TestEvent.safeParse(event).success;

/** The objects that an event says were created. Removals and delete markers are no arrivals. */
export const arrivedObjects = (event: unknown): readonly ArrivedObject[] => {
  if (S3TestEvent.safeParse(event).success) return [];
  return parseEvent(S3Event, event)
    .Records.filter((record) => record.eventName.startsWith("ObjectCreated:"))
    .map((record) => ({
      bucket: record.s3.bucket.name,
      key: decodeKey(record.s3.object.key),
      versionId: record.s3.object.versionId,
      arrivedAt: new Date(record.eventTime),
    }));
};

// Keys come URL-encoded, with a plus for a space.
const decodeKey = (key: string): string => decodeURIComponent(key.replace(/\+/g, " "));

/** An event as its schema types it; a configuration error that lists every failure otherwise. */
export const parseEvent = <T>(schema: z.ZodType<T>, event: unknown): T => {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new LifeboatError({
    code: "configuration",
    what: "The function was called with an event that it does not know",
    received: parsed.error.issues.map((issue) => `${issue.path.join(".") || "event"}: ${issue.message}`).join("; "),
    allowed: "the event that the function's events.ts describes",
    hint: "Compare the caller with that file: both come from one checkout",
  });
};
