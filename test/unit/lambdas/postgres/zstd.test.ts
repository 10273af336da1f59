import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { constants, zstdCompressSync } from "node:zlib";
import { decompressed } from "../../../../lambdas/postgres/archive/zstd";

const MIB = 1024 * 1024;
const CONTENT = randomBytes(16 * MIB);
const PART_BYTES = 2 * MIB;

/** The parts of one frame, with how many were asked for. */
const partsOf = (content: Uint8Array) => {
  const frame = zstdCompressSync(content);
  const asked = { parts: 0 };
  const parts = async function* () {
    for (let at = 0; at < frame.length; at += PART_BYTES) {
      asked.parts += 1;
      yield frame.subarray(at, at + PART_BYTES);
    }
  };
  return { asked, parts: parts(), count: Math.ceil(frame.length / PART_BYTES) };
};

const sha256 = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
};

describe("decompressing parts", () => {
  it("gives the content, in chunks of at most 1 MiB", async () => {
    const { parts } = partsOf(CONTENT);
    const sizes: number[] = [];
    const chunks = async function* () {
      for await (const chunk of decompressed(parts)) {
        sizes.push(chunk.byteLength);
        yield chunk;
      }
    };

    expect(await sha256(chunks())).toBe(createHash("sha256").update(CONTENT).digest("hex"));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MIB);
  });

  it("holds few parts, however many there are: who reads slowly is not outrun", async () => {
    const { asked, parts, count } = partsOf(CONTENT);
    const reader = decompressed(parts)[Symbol.asyncIterator]();

    await reader.next();
    await sleep(50);

    expect(count).toBeGreaterThan(6);
    // One that is decompressed, one that is read ahead.
    expect(asked.parts).toBeLessThanOrEqual(3);
    await reader.return?.();
  });

  it("throws what the parts throw, and what is no frame", async () => {
    const failing = async function* () {
      yield zstdCompressSync(CONTENT).subarray(0, PART_BYTES);
      throw new Error("503 SlowDown");
    };
    const noFrame = async function* () {
      yield Buffer.from("not compressed at all");
    };

    await expect(sha256(decompressed(failing()))).rejects.toThrow("503 SlowDown");
    await expect(sha256(decompressed(noFrame()))).rejects.toThrow();
  });

  it("shows a byte that is another one by the frame's checksum or the frame itself", async () => {
    const frame = zstdCompressSync(CONTENT, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    frame[MIB] = (frame[MIB] ?? 0) ^ 1;
    const parts = async function* () {
      yield frame;
    };

    await expect(sha256(decompressed(parts()))).rejects.toThrow();
  });
});
