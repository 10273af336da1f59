import { Readable } from "node:stream";
import { createZstdDecompress } from "node:zlib";

/** Large enough that a table's rows seldom meet the end of a chunk. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * What one zstd frame holds, as one run of `zstd` writes it, in chunks of at most 1 MiB. The frame's own checksum is checked. Throws what `compressed`
 * throws, and zlib's errors. Node reads no second frame: what would be in one is missing to whoever reads on.
 */
export const decompressed = (compressed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => {
  const decompress = createZstdDecompress({ chunkSize: CHUNK_BYTES });
  const input = Readable.from(compressed, { objectMode: false, highWaterMark: CHUNK_BYTES });
  input.on("error", (error) => decompress.destroy(error));
  return input.pipe(decompress);
};
