import * as z from "zod";
import { arrivedObjects, isFromS3, parseEvent } from "../../../../lambdas/shared/events";

const record = (eventName: string, key: string, versionId?: string) => ({
  eventVersion: "2.6",
  eventSource: "aws:s3",
  eventName,
  eventTime: "2026-11-24T10:00:00.123Z",
  s3: { bucket: { name: "vault", arn: "arn:aws:s3:::vault" }, object: { key, size: 3, versionId, sequencer: "1" } },
});

describe("S3's events", () => {
  it("name arrivals with decoded keys", () => {
    const event = {
      Records: [record("ObjectCreated:Put", "a+b/%C3%A4%2B%25.md", "v1"), record("ObjectCreated:CompleteMultipartUpload", "c")],
    };

    expect(arrivedObjects(event)).toEqual([
      { bucket: "vault", key: "a b/ä+%.md", versionId: "v1", arrivedAt: new Date("2026-11-24T10:00:00.123Z") },
      { bucket: "vault", key: "c", versionId: undefined, arrivedAt: new Date("2026-11-24T10:00:00.123Z") },
    ]);
  });

  it("are no arrivals when something was removed or a notification was configured", () => {
    expect(arrivedObjects({ Records: [record("ObjectRemoved:DeleteMarkerCreated", "a")] })).toEqual([]);
    expect(arrivedObjects({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "vault" })).toEqual([]);
  });

  it("are told from a schedule's", () => {
    expect(isFromS3({ Records: [record("ObjectCreated:Put", "a")] })).toBe(true);
    expect(isFromS3({ source: "aws.events", "detail-type": "Scheduled Event", detail: {} })).toBe(false);
    expect(() => arrivedObjects({ source: "aws.events" })).toThrow(expect.objectContaining({ code: "configuration" }));
  });
});

it("an unknown event is refused with every field that is wrong", () => {
  const schema = z.object({ recoveryId: z.string(), mode: z.enum(["drill"]) });

  expect(() => parseEvent(schema, { mode: "x" })).toThrow(/recoveryId: .*; mode: /);
});
