import { embeddingDigest, recordDigest } from "../../../../recovery/evidence/digest";

const record = { id: "a", document: "text", metadata: '{"x":1.0,"y":"z"}' };

describe("recordDigest", () => {
  test("does not depend on the order of metadata", () => {
    expect(recordDigest({ ...record, metadata: '{ "y":"z", "x":1.0 }' })).toBe(recordDigest(record));
  });

  test.each([{ id: "b" }, { document: "text " }, { document: null }, { metadata: '{"x":1,"y":"z"}' }, { metadata: null }])(
    "shows %j",
    (change) => {
      expect(recordDigest({ ...record, ...change })).not.toBe(recordDigest(record));
    },
  );
});

test("embeddingDigest shows one bit", () => {
  expect(embeddingDigest(Float32Array.of(1, 0))).not.toBe(embeddingDigest(Float32Array.of(1, -0)));
  expect(embeddingDigest(Float32Array.of(1, 0))).toBe(embeddingDigest(Float32Array.of(1, 0)));
});
