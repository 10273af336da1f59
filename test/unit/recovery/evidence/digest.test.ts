import fc from "fast-check";
import { canonicalJson, embeddingDigest, type RowContent, recordDigest, rowDigest, rowsDigest } from "../../../../recovery/evidence/digest";

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

describe("rowDigest", () => {
  const row = { table: "t", columns: { a: "1.0", b: null, c: "" } };

  test("does not depend on the order of columns", () => {
    expect(rowDigest({ table: "t", columns: { c: "", b: null, a: "1.0" } })).toBe(rowDigest(row));
  });

  test.each<Partial<RowContent>>([
    { table: "u" },
    { columns: { ...row.columns, a: "1" } },
    { columns: { ...row.columns, b: "" } },
    { columns: { ...row.columns, b: "null" } },
    { columns: { ...row.columns, c: null } },
    { columns: { a: "1.0", b: null } },
    { columns: { a: "1.0", b: null, d: "" } },
  ])("shows %j", (change) => {
    expect(rowDigest({ ...row, ...change })).not.toBe(rowDigest(row));
  });
});

describe("rowsDigest", () => {
  const digests = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 6 });

  test("is that of a set that counts: the order of rows does not matter, how often each is there does", () => {
    fc.assert(
      fc.property(digests, digests, (one, other) => {
        const same = [...one].sort().join() === [...other].sort().join();
        expect(rowsDigest(one) === rowsDigest(other)).toBe(same);
      }),
    );
  });
});

describe("canonicalJson", () => {
  test("sorts keys and leaves numbers and texts alone", () => {
    expect(canonicalJson('{"b": 0.10, "a": {"y":9007199254740993,"x":"\\u00e9"}, "c":[1.0]}')).toBe(
      '{"a":{"x":"é","y":9007199254740993},"b":0.10,"c":[1.0]}',
    );
  });
});
