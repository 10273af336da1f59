import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { constants, zstdCompressSync } from "node:zlib";
import { type ArchiveParts, ZstdFrames } from "../../../../lambdas/postgres/archive/zstd";

const MIB = 1024 * 1024;
const CONTENT = randomBytes(16 * MIB);
const PART_BYTES = 2 * MIB;

/** Compressed bytes cut into parts, with the number of each part that was asked for. */
const partsOf = (compressed: Uint8Array, partBytes = PART_BYTES) => {
  const asked: number[] = [];
  const parts: ArchiveParts = {
    count: Math.ceil(compressed.length / partBytes),
    read: async (index) => {
      asked.push(index);
      return compressed.subarray(index * partBytes, (index + 1) * partBytes);
    },
  };
  return { asked, parts };
};

/** Frames of so many bytes of the content, in parts of three frames. */
const threeInAPart = (frameBytes: number) => {
  const frames: Buffer[] = [];
  for (let at = 0; at < CONTENT.length; at += frameBytes) frames.push(zstdCompressSync(CONTENT.subarray(at, at + frameBytes)));
  const parts: Buffer[] = [];
  for (let at = 0; at < frames.length; at += 3) parts.push(Buffer.concat(frames.slice(at, at + 3)));
  const asked: number[] = [];
  const read = async (index: number) => {
    asked.push(index);
    return parts[index] ?? Buffer.alloc(0);
  };
  return { asked, frames: frames.length, parts: { count: parts.length, read } };
};

const sha256 = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
};

const all = async function* (frames: ZstdFrames) {
  while (!frames.ended) yield* frames.frame();
};

const EXPECTED = createHash("sha256").update(CONTENT).digest("hex");

describe("the frames of parts", () => {
  it("give the content, in chunks of at most 1 MiB, where one frame goes through all parts", async () => {
    const frames = new ZstdFrames(partsOf(zstdCompressSync(CONTENT)).parts);
    const sizes: number[] = [];
    const chunks = async function* () {
      for await (const chunk of all(frames)) {
        sizes.push(chunk.byteLength);
        yield chunk;
      }
    };

    expect(await sha256(chunks())).toBe(EXPECTED);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MIB);
  });

  it("give the content where a part holds several, and each part is asked for once", async () => {
    const { asked, parts } = threeInAPart(MIB);

    expect(await sha256(all(new ZstdFrames(parts)))).toBe(EXPECTED);
    expect(asked).toEqual(Array.from({ length: parts.count }, (_, index) => index));
  });

  it("can be gone on with at each frame's beginning", async () => {
    const { parts, frames } = threeInAPart(2 * MIB);
    let begun = 0;
    const content = async function* () {
      let one = new ZstdFrames(parts);
      for (; !one.ended; one = new ZstdFrames(parts, one.at)) {
        yield* one.frame();
        begun += 1;
      }
    };

    expect(await sha256(content())).toBe(EXPECTED);
    expect(begun).toBe(frames);
  });

  it("hold few parts, however many there are: who reads slowly is not outrun", async () => {
    const { asked, parts } = partsOf(zstdCompressSync(CONTENT));
    const reader = new ZstdFrames(parts).frame();

    await reader.next();
    await sleep(50);

    expect(parts.count).toBeGreaterThan(6);
    // One that is decompressed, one that is read ahead.
    expect(asked.length).toBeLessThanOrEqual(3);
    await reader.return(undefined);
  });

  it("throw what the parts throw, what is no frame, what was cut short, and what is empty", async () => {
    const frame = zstdCompressSync(CONTENT);
    const failing: ArchiveParts = {
      count: 2,
      read: async (index) => {
        if (index === 1) throw new Error("503 SlowDown");
        return frame.subarray(0, PART_BYTES);
      },
    };

    await expect(sha256(all(new ZstdFrames(failing)))).rejects.toThrow("503 SlowDown");
    for (const bytes of [Buffer.from("not compressed at all"), frame.subarray(0, -1), Buffer.alloc(0)])
      await expect(sha256(all(new ZstdFrames({ count: 1, read: async () => bytes })))).rejects.toThrow();
  });

  it("show a byte that is another one by the frame's checksum or the frame itself", async () => {
    const frame = zstdCompressSync(CONTENT, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    frame[MIB] = (frame[MIB] ?? 0) ^ 1;

    await expect(sha256(all(new ZstdFrames(partsOf(frame).parts)))).rejects.toThrow();
  });
});
