import { z } from "zod";

const time = z.string();

/** A line of a chain's index. Written after what it speaks of is on the disk, never changed. */
export const entrySchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("segment"),
    name: z.string(),
    sizeBytes: z.number(),
    /** From here on the file is zeros: a switched segment is mostly that. */
    usedBytes: z.number(),
    /** Of the used bytes: `head -c USED FILE | sha256sum`. */
    sha256: z.string(),
    archivedAt: time,
  }),
  /** How a timeline came to be: its ancestors. */
  z.object({ kind: z.literal("history"), name: z.string(), text: z.string(), archivedAt: time }),
  z.object({
    kind: z.literal("mark"),
    /** Microseconds. */
    time,
    segment: z.string(),
    lsn: z.string(),
    idle: z.boolean(),
    archivedAt: time,
  }),
  z.object({
    kind: z.literal("base"),
    id: z.string(),
    /** Microseconds. */
    end: time,
    firstSegment: z.string(),
    lastSegment: z.string(),
    sizeBytes: z.number(),
    manifestSha256: z.string(),
    archivedAt: time,
  }),
  z.object({ kind: z.literal("expired"), bases: z.array(z.string()), segmentsBefore: z.number(), reason: z.string(), archivedAt: time }),
]);

export type Entry = z.infer<typeof entrySchema>;
export type SegmentEntry = Extract<Entry, { kind: "segment" }>;
export type BaseEntry = Extract<Entry, { kind: "base" }>;

/** A line that was being written when the machine stopped is none. `keptBytes` is where the next one begins. */
export const parseIndex = (content: Buffer): { readonly entries: readonly Entry[]; readonly keptBytes: number } => {
  const end = content.lastIndexOf("\n") + 1;
  const lines = content
    .subarray(0, end)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  return { entries: lines.map((line) => entrySchema.parse(JSON.parse(line))), keptBytes: end };
};
