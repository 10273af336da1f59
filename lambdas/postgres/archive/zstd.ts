import { Readable } from "node:stream";
import { createZstdDecompress, type ZstdDecompress } from "node:zlib";
import { frameEnd } from "./frame-end";
import { type ArchiveFrames, broken, type FrameAt } from "./source";

/** Large enough that a table's rows seldom meet the end of a chunk. */
const CHUNK_BYTES = 1024 * 1024;

/** The parts of an archive, by their number. Whatever `read` throws is thrown on. */
export interface ArchiveParts {
  readonly count: number;
  read(index: number): Promise<Uint8Array>;
}

/**
 * The zstd frames of an archive, one after the other: many in a part, or, of a dump of earlier releases, one through all parts. Frames are what zstd can
 * begin with: where one begins, another run can go on. Each frame's own checksum is checked. Two parts are kept, and a third is there while one is
 * replaced: one is decompressed while the next is read.
 */
export class ZstdFrames implements ArchiveFrames {
  private readonly kept = new Map<number, Promise<Uint8Array>>();

  constructor(
    private readonly parts: ArchiveParts,
    private begin: FrameAt = { part: 0, offset: 0 },
  ) {}

  get at(): FrameAt {
    return this.begin;
  }

  get ended(): boolean {
    return this.begin.part >= this.parts.count;
  }

  /** The content of the frame that begins here, in chunks of at most 1 MiB. Behind its last one, `at` is where the next frame begins. */
  async *frame(): AsyncGenerator<Uint8Array> {
    const { part, offset } = this.begin;
    const bytes = await this.part(part);
    const end = frameEnd(bytes, offset);
    if (end === undefined) return yield* this.frameThroughParts();
    if (part + 1 < this.parts.count) void this.part(part + 1);
    const decompress = decompressor();
    try {
      decompress.end(bytes.subarray(offset, end));
      yield* decompress;
    } finally {
      decompress.destroy();
    }
    this.begin = end < bytes.byteLength ? { part, offset: end } : { part: part + 1, offset: 0 };
  }

  /** One that goes on behind its part goes on to the end. */
  private async *frameThroughParts(): AsyncGenerator<Uint8Array> {
    const decompress = decompressor();
    const fed = { bytes: 0 };
    const input = Readable.from(this.rest(fed), { objectMode: false, highWaterMark: CHUNK_BYTES });
    input.on("error", (error) => decompress.destroy(error));
    try {
      yield* input.pipe(decompress);
    } finally {
      input.destroy();
      decompress.destroy();
    }
    if (decompress.bytesWritten < fed.bytes) throw broken(`${fed.bytes - decompress.bytesWritten} bytes follow its zstd frame`);
    this.begin = { part: this.parts.count, offset: 0 };
  }

  private async *rest(fed: { bytes: number }): AsyncGenerator<Uint8Array> {
    const { part, offset } = this.begin;
    for (let index = part; index < this.parts.count; index += 1) {
      const bytes = await this.part(index);
      const piece = index === part ? bytes.subarray(offset) : bytes;
      fed.bytes += piece.byteLength;
      yield piece;
    }
  }

  /** Each frame of a part asks for it, and for the next one. */
  private part(index: number): Promise<Uint8Array> {
    const known = this.kept.get(index);
    if (known !== undefined) return known;
    for (const other of this.kept.keys()) if (other !== index - 1) this.kept.delete(other);
    const read = this.parts.read(index);
    // Read ahead, a fault may come when nobody waits for it.
    read.catch(() => {});
    this.kept.set(index, read);
    return read;
  }
}

const decompressor = (): ZstdDecompress => {
  const decompress = createZstdDecompress({ chunkSize: CHUNK_BYTES });
  // Whoever reads it is told of an error; one that comes after its end is nobody's.
  decompress.on("error", () => {});
  return decompress;
};
