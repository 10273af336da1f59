import { createReadStream, createWriteStream } from "node:fs";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import type { ZstdCall } from "./arguments";

/** Carries out a call, in memory that does not grow with what passes through. */
export const compressed = async ({ mode, level, input, output }: ZstdCall, stdin: Readable, stdout: Writable): Promise<void> => {
  const source = input === undefined ? stdin : createReadStream(input);
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = constants;
  const transform =
    mode === "compress"
      ? // As the command does: a frame ends with the checksum of its content.
        createZstdCompress({ params: { [ZSTD_c_compressionLevel]: level, [ZSTD_c_checksumFlag]: 1 } })
      : createZstdDecompress();
  await pipeline(source, transform, mode === "test" ? nowhere() : output === undefined ? stdout : createWriteStream(output));
};

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
