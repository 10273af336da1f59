import { createInflate, inflateSync } from "node:zlib";
import { messageOf } from "../../../recovery/errors";
import { ContentFault, type PartStream } from "./part-stream";

/** Below it an object is inflated at once, which is many times faster; above it piece by piece, so that memory does not grow with it. */
const AT_ONCE_BYTES = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;

/** More than zlib makes of what does not compress. https://zlib.net/zlib_tech.html */
const compressedAtMost = (sizeBytes: number): number => sizeBytes + (sizeBytes >> 8) + 64;

/** Inflates one object from the stream. Throws `ContentFault` when the bytes are damaged or give another size. */
export const inflateObject = async (stream: PartStream, sizeBytes: number): Promise<void> => {
  const inflated = (sizeBytes <= AT_ONCE_BYTES ? await atOnce(stream, sizeBytes) : undefined) ?? (await inPieces(stream, sizeBytes));
  if (inflated !== sizeBytes) throw new ContentFault(`it has ${inflated} bytes, not ${sizeBytes}`);
};

/** Undefined when it needs more input than an object of this size should: then it is tried piece by piece. */
const atOnce = async (stream: PartStream, sizeBytes: number): Promise<number | undefined> => {
  const most = compressedAtMost(sizeBytes);
  const input = (await stream.need(most)).subarray(0, most);
  try {
    // With `info` it answers an object, which its type does not know: https://nodejs.org/api/zlib.html#class-options
    const answer: unknown = inflateSync(input, { info: true, maxOutputLength: sizeBytes + 1 });
    const { buffer, engine } = answer as { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
    stream.take(engine.bytesWritten);
    return buffer.byteLength;
  } catch {
    return undefined;
  }
};

const inPieces = async (stream: PartStream, sizeBytes: number): Promise<number> => {
  const inflate = createInflate();
  let inflated = 0;
  inflate.on("data", (chunk: Uint8Array) => {
    inflated += chunk.byteLength;
  });
  const over = new Promise<"over">((resolve, reject) => {
    inflate.once("end", () => resolve("over"));
    inflate.once("error", (error) => reject(new ContentFault(messageOf(error))));
  });
  // A fault may come before anybody waits for it.
  over.catch(() => {});
  try {
    for (;;) {
      const piece = (await stream.need(1)).subarray(0, PIECE_BYTES);
      if (piece.byteLength === 0) throw new ContentFault("the bundle ends inside of it");
      const before = inflate.bytesWritten;
      const written = new Promise<"written">((resolve) => inflate.write(piece, () => resolve("written")));
      const outcome = await Promise.race([over, written]);
      const taken = inflate.bytesWritten - before;
      stream.take(taken);
      if (inflated > sizeBytes) return inflated;
      // What zlib leaves is no more of this object.
      if (outcome === "over" || taken < piece.byteLength) {
        await over;
        return inflated;
      }
    }
  } finally {
    inflate.destroy();
  }
};
