import * as z from "zod";

const Count = z.int().nonnegative();

/** Slots that are still to be read, behind a key; all of them when it is empty. `since` is the tick that they were due at. */
const DocumentsLeft = z.object({ slots: z.array(Count), after: z.string(), since: Count });
export type DocumentsLeft = z.infer<typeof DocumentsLeft>;

/** A document that could not be read for a fault that may pass: the next run begins with it. `since` is the tick that it was due at. */
const UnreadDocument = z.object({ key: z.string(), reason: z.string(), since: Count });
export type UnreadDocument = z.infer<typeof UnreadDocument>;

/** A document that is read by ranges, because a run's time may not suffice for it, and how far it was read. */
const LargeDocument = z.object({
  key: z.string(),
  since: Count,
  /** Absent where nothing was read of it yet. */
  reached: z
    .object({
      versionId: z.string(),
      sizeBytes: Count,
      readBytes: Count,
      /** States of the digests behind these bytes: of SHA-256 where S3 keeps one, base64. */
      sha256: z.string().optional(),
      crc32: Count,
      /** The replica's version, while every range of it was the same; absent where it is not compared, or was not the same. */
      replicaVersionId: z.string().optional(),
    })
    .optional(),
});
export type LargeDocument = z.infer<typeof LargeDocument>;

/** Locked copies of documents that a run read. */
const DocumentsReading = z.object({
  read: Count,
  bytes: Count,
  /** What their bytes were compared with: digests that S3 keeps, the live-ready replica, or nothing, because neither was there. */
  confirmedBy: z.object({ sha256: Count, crc32: Count, replica: Count, nothing: Count }),
  faults: Count,
  /** The first of them. */
  faulty: z.array(z.object({ key: z.string(), reason: z.string() })),
  unread: z.array(UnreadDocument),
  large: z.array(LargeDocument).default([]),
  left: z.array(DocumentsLeft),
});
export type DocumentsReading = z.infer<typeof DocumentsReading>;

/** What one run of the rotation read, and what not. Written at its end, also when its time ran out. */
export const Reading = z.object({
  schema: z.literal("lifeboat/reading/1"),
  system: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** In how many runs everything is read; the interval since 1970 that this run was in; the slots that were due. */
  rotation: z.object({ runs: z.int().positive(), tick: z.int().nonnegative(), slots: z.array(z.int().nonnegative()) }),
  /** Entries that read back. */
  passed: z.array(z.string()),
  /** Entries that did not, or are none, with what was wrong. */
  failed: z.array(z.object({ key: z.string(), reasons: z.array(z.string()) })),
  /** Entries whose lock has ended: they were not read. */
  expired: z.array(z.string()),
  /** Entries that the run did not come to, or that could not be read for a fault that may pass, and the tick that they were due at: the next run begins with them. */
  left: z.array(z.object({ key: z.string(), reason: z.string(), since: Count })),
  documents: DocumentsReading.optional(),
});
export type Reading = z.infer<typeof Reading>;

/** What should have been read by now: it was due a whole rotation ago. */
export const overdue = ({ rotation: { runs, tick }, left, documents }: Reading): readonly string[] => {
  const late = ({ since }: { readonly since: number }): boolean => tick - since >= runs;
  const slots = documents?.left.filter(late).flatMap((each) => each.slots) ?? [];
  return [
    ...left.filter(late).map(({ key, reason }) => `${key}: ${reason}`),
    ...(slots.length === 0 ? [] : [`the documents of ${slots.length} of ${runs} slots`]),
    ...(documents?.unread.filter(late).map(({ key, reason }) => `the document ${key}: ${reason}`) ?? []),
    ...(documents?.large.filter(late).map(({ key, reached }) => `the document ${key}: ${reached?.readBytes ?? 0} bytes of it were read`) ??
      []),
  ];
};
