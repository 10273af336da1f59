import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { encodePart } from "../../../../lambdas/chroma/parquet";
import { writeFloatLists } from "../../../../lambdas/chroma/parquet-list";
import { readFloatLists } from "../../../../lambdas/chroma/parquet-list-read";

type Rows = readonly (Float32Array | null)[];

const rows: fc.Arbitrary<Rows> = fc.array(fc.option(fc.float32Array({ noNaN: true, maxLength: 12 })), { maxLength: 40 });
const plain = (read: Rows) => read.map((row) => (row === null ? null : [...row]));
const compress = (bytes: Uint8Array) => zstdCompressSync(bytes);
const decompress = (bytes: Uint8Array) => zstdDecompressSync(bytes);

const written = (lists: Rows, bytesBefore = 0) => {
  const writer = new ByteWriter();
  writer.appendBytes(new Uint8Array(bytesBefore));
  const chunk = writeFloatLists(writer, "embedding", lists, compress);
  return { bytes: writer.getBytes(), chunk };
};

const orRefused = <Value>(read: () => Value): Value | "refused" => {
  try {
    return read();
  } catch {
    return "refused";
  }
};

describe("a column of lists of numbers", () => {
  test("reads back as what another reader finds in it", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (lists) => {
        const part = encodePart(
          lists.map((embedding, index) => ({ id: `r${index}`, embedding, document: null, metadata: null, uri: null })),
        );
        const others = await parquetReadObjects({ file: new Uint8Array(part).buffer, compressors: { ZSTD: decompress } });

        const { bytes, chunk } = written(lists);
        const read = readFloatLists(bytes, chunk, decompress);

        expect(plain(read)).toEqual(others.map(({ embedding }) => embedding ?? null));
      }),
    );
  });

  test("with any of its first bytes changed, its header's and its levels', is refused, or has as many rows as before", () => {
    const headerAndLevels = 24;
    fc.assert(
      fc.property(rows, fc.nat(headerAndLevels), fc.integer({ min: 1, max: 255 }), (lists, at, flip) => {
        const { bytes, chunk } = written(lists);
        const index = at % bytes.byteLength;
        bytes[index] = (bytes[index] ?? 0) ^ flip;

        const read = orRefused(() => readFloatLists(bytes, chunk, decompress));

        expect(read === "refused" || read.length).toBe(read === "refused" || lists.length);
      }),
      { numRuns: 2000 },
    );
  });

  test("of which numbers are missing is refused", () => {
    const { bytes, chunk } = written([Float32Array.of(1, 2, 3)]);

    expect(() => readFloatLists(bytes, chunk, (packed) => decompress(packed).subarray(0, 8))).toThrow(
      "3 values are not 2 numbers and 0 nulls",
    );
  });

  test("that was cut short is refused", () => {
    const { bytes, chunk } = written([Float32Array.of(1, 2, 3)]);

    expect(() => readFloatLists(bytes.subarray(0, bytes.byteLength - 1), chunk, decompress)).toThrow("cut short");
  });

  test("begins where its part says, behind other bytes", () => {
    const { bytes, chunk } = written([Float32Array.of(1, 2, 3), null], 100);

    const read = readFloatLists(bytes, chunk, decompress);

    expect(plain(read)).toEqual([[1, 2, 3], null]);
  });
});
