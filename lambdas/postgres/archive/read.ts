import * as z from "zod";
import { type ArchiveData, DataWalk, WalkState } from "./data";
import { type ArchiveHeader, readHeader } from "./header";
import { type ArchiveFrames, ByteSource, type FrameAt } from "./source";
import { type ArchiveEntry, readEntries } from "./toc";

/** All that an archive holds, counted; nothing of the data itself is kept. */
export interface Archive extends ArchiveData {
  readonly header: ArchiveHeader;
  readonly entries: readonly ArchiveEntry[];
  readonly sizeBytes: number;
}

/** The beginning of a frame behind the table of contents, and where the walk of the data stood there. */
export const ArchivePlace = z.object({
  frame: z.object({ part: z.int().nonnegative(), offset: z.int().nonnegative() }),
  walk: WalkState,
});
export type ArchivePlace = z.infer<typeof ArchivePlace>;

export interface ArchiveCourse {
  readonly from?: ArchivePlace;
  /** Called behind each frame but the last. */
  readonly reached: (place: ArchivePlace) => void;
}

/**
 * Reads an archive in pg_dump's custom format from its first byte to its last: so it is known, without PostgreSQL's programs, that all of it is there and
 * how many rows each table has. Another run goes on from a place: it reads the table of contents again, and no other byte. Memory is that of the table of
 * contents without its statements, and of a chunk.
 * @param open the frames of the archive, from the first or from this one on
 * @throws LifeboatError `point-refused` where it is not what pg_dump writes; whatever the frames and `course` throw
 */
export const readArchive = async (
  open: (from?: FrameAt) => ArchiveFrames,
  course: ArchiveCourse = { reached: () => {} },
): Promise<Archive> => {
  const { from, reached } = course;
  let frames = new FrameReader(open());
  try {
    const source = new ByteSource(frames.all());
    const header = await readHeader(source);
    const entries = await readEntries(source, header);
    const walk = new DataWalk(source.intSize, from?.walk ?? source.position);
    if (from === undefined) walk.push(source.take(source.available));
    else {
      await frames.close();
      frames = new FrameReader(open(from.frame));
    }
    for (let chunk = await frames.next(); chunk !== undefined; chunk = await frames.next()) {
      if (chunk === "frame") reached({ frame: frames.at, walk: walk.state() });
      else walk.push(chunk);
    }
    return { header, entries, ...walk.result(), sizeBytes: walk.sizeBytes };
  } finally {
    await frames.close();
  }
};

/** Frames as one run of chunks, with a word between two of them. */
class FrameReader {
  private chunks: AsyncIterator<Uint8Array> | undefined;

  constructor(private readonly frames: ArchiveFrames) {}

  get at(): FrameAt {
    return this.frames.at;
  }

  /** The next chunk; `frame` before the first chunk of another frame; undefined at the end. */
  async next(): Promise<Uint8Array | "frame" | undefined> {
    this.chunks ??= this.frames.ended ? undefined : this.frames.frame()[Symbol.asyncIterator]();
    if (this.chunks === undefined) return undefined;
    const { done, value } = await this.chunks.next();
    if (done !== true) return value;
    this.chunks = undefined;
    return this.frames.ended ? undefined : "frame";
  }

  async *all(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) if (chunk !== "frame") yield chunk;
  }

  /** Lets go of what is under way. */
  async close(): Promise<void> {
    await this.chunks?.return?.();
    this.chunks = undefined;
  }
}
