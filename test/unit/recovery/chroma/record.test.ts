import fc from "fast-check";
import { canonicalMetadata } from "../../../../recovery/chroma/metadata";
import { type ChromaRecord, CollectionDigest, embeddingBytes } from "../../../../recovery/chroma/record";

/** JSON objects as text, with their fields in two orders. */
const shuffledObjects = fc
  .uniqueArray(
    fc.tuple(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "1", "toString")), fc.jsonValue({ maxDepth: 2 })),
    {
      selector: ([name]) => name,
      maxLength: 8,
    },
  )
  .chain((fields) => fc.tuple(fc.constant(fields), fc.shuffledSubarray(fields, { minLength: fields.length })));

const objectText = (fields: readonly (readonly [string, unknown])[]): string =>
  `{${fields.map(([name, value]) => `${JSON.stringify(name)} : ${JSON.stringify(value)}`).join(" , ")}}`;

describe("canonicalMetadata", () => {
  test("does not depend on the order of fields nor on blanks", () => {
    fc.assert(
      fc.property(shuffledObjects, ([fields, shuffled]) => {
        expect(canonicalMetadata(objectText(shuffled))).toBe(canonicalMetadata(objectText(fields)));
      }),
    );
  });

  test("keeps every field: the canonical text means what the text means", () => {
    fc.assert(
      fc.property(shuffledObjects, ([fields]) => {
        const canonical = canonicalMetadata(objectText(fields));
        const names = [...canonical.matchAll(/__proto__/g)].length;
        expect(names).toBe([...objectText(fields).matchAll(/__proto__/g)].length);
        expect(JSON.parse(canonical)).toEqual(fields.length === 0 ? null : JSON.parse(objectText(fields)));
      }),
    );
  });

  test.each(["1.0", "1", "9007199254740993", "-0.0", "1e5", "100000", "0.1", "1E400"])("leaves the number %s as it is", (number) => {
    expect(canonicalMetadata(`{"n": ${number}}`)).toBe(`{"n":${number}}`);
  });

  test("is stable", () => {
    fc.assert(
      fc.property(shuffledObjects, ([fields]) => {
        const once = canonicalMetadata(objectText(fields));
        expect(canonicalMetadata(once)).toBe(once);
      }),
    );
  });

  test("of none, and of an empty object, is null: Chroma answers either", () => {
    expect(canonicalMetadata(null)).toBe("null");
    expect(canonicalMetadata("{}")).toBe("null");
  });
});

describe("embeddingBytes", () => {
  test("are the float32 values, little-endian", () => {
    fc.assert(
      fc.property(fc.float32Array(), (embedding) => {
        const bytes = Buffer.from(embeddingBytes(embedding));
        expect(bytes.length).toBe(embedding.length * 4);
        expect(Array.from(embedding, (_, index) => bytes.readFloatLE(index * 4))).toEqual(Array.from(embedding));
      }),
    );
  });

  test("of none is empty", () => {
    expect(embeddingBytes(null)).toEqual(new Uint8Array());
  });
});

describe("CollectionDigest", () => {
  const record: ChromaRecord = { id: "a", document: "text", metadata: '{"weight":1.0}', embedding: Float32Array.of(1, 0), uri: null };
  const resultOf = (...records: readonly ChromaRecord[]) => {
    const digest = new CollectionDigest();
    for (const each of records) digest.add(each);
    return digest.result();
  };

  test.each<[string, Partial<ChromaRecord>]>([
    ["id", { id: "b" }],
    ["document", { document: "text " }],
    ["missing document", { document: null }],
    ["a document that spells null", { document: "null" }],
    ["type of a number", { metadata: '{"weight":1}' }],
    ["missing metadata", { metadata: null }],
    ["uri", { uri: "s3://bucket/key" }],
  ])("content shows another %s", (_, change) => {
    expect(resultOf({ ...record, ...change }).contentDigest).not.toBe(resultOf(record).contentDigest);
  });

  test("an embedding shows in its own digest only", () => {
    const moved = { ...record, embedding: Float32Array.of(1, 1e-7) };
    expect(resultOf(moved).contentDigest).toBe(resultOf(record).contentDigest);
    expect(resultOf(moved).embeddingsDigest).not.toBe(resultOf(record).embeddingsDigest);
  });
});
