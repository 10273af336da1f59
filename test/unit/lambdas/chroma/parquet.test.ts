import fc from "fast-check";
import { decodePart, encodePart } from "../../../../lambdas/chroma/parquet";
import { type ChromaRecord, embeddingBytes } from "../../../../recovery/chroma/record";

const nullable = fc.option(fc.string({ unit: "grapheme" }));
const record: fc.Arbitrary<ChromaRecord> = fc.record({
  id: fc.string({ unit: "grapheme" }),
  embedding: fc.option(fc.float32Array({ noNaN: true, maxLength: 12 })),
  document: nullable,
  metadata: nullable,
  uri: nullable,
});
const comparable = (one: ChromaRecord) => ({
  ...one,
  embedding: one.embedding === null ? null : Buffer.from(embeddingBytes(one.embedding)).toString("hex"),
});

describe("a part", () => {
  test("comes back bit for bit: nulls, empty strings, any text, -0, subnormals, infinities, no rows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 40 }), async (records) => {
        const read = await decodePart(encodePart(records));

        expect(read.map(comparable)).toEqual(records.map(comparable));
      }),
    );
  });

  test("of equal records is equal bytes", () => {
    const records = [{ id: "a", embedding: Float32Array.of(1, 2), document: "d", metadata: '{"a":1.0}', uri: null }];

    expect(Buffer.compare(encodePart(records), encodePart(records))).toBe(0);
  });

  test("that was cut short does not decode", async () => {
    const part = encodePart([{ id: "a", embedding: Float32Array.of(1, 2), document: "d", metadata: null, uri: null }]);

    await expect(decodePart(part.subarray(0, part.byteLength - 10))).rejects.toThrow();
  });
});
