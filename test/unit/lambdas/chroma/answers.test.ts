import fc from "fast-check";
import { collectionOf, EmbeddingsAnswer, idsOf, nearestOf, recordsOf } from "../../../../lambdas/chroma/answers";

const answer = (columns: { ids: string[]; embeddings: (number[] | null)[]; documents: (string | null)[]; metadatas: unknown[] }): Buffer =>
  Buffer.from(JSON.stringify({ ...columns, uris: columns.ids.map(() => null), include: ["embeddings"] }));

describe("answers of the server", () => {
  test("metadata stays its own text, in which numbers keep their types", () => {
    const metadata = '{"a":1.0,"b":9007199254740993,"c":"}]\\"{[","d":[1.0,2]}';
    const body = Buffer.from(
      `{"ids":["x","y"],"embeddings":[[0.1,-2e-5],null],"documents":["d\\u00e9",null],"uris":[null,""],"metadatas":[${metadata},null],"include":[]}`,
    );

    const [first, second] = recordsOf(body);

    expect(first).toEqual({ id: "x", embedding: Float32Array.of(0.1, -2e-5), document: "dé", metadata, uri: null });
    expect(second).toEqual({ id: "y", embedding: null, document: null, metadata: null, uri: "" });
  });

  test("any strings and finite floats come back, whatever the spacing", () => {
    const rows = fc.array(
      fc.record({
        id: fc.string({ unit: "grapheme" }),
        embedding: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 8 }),
        document: fc.option(fc.string({ unit: "grapheme" })),
        metadata: fc.option(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()))),
      }),
    );
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 2), (records, indent) => {
        const column = <T>(of: (record: (typeof records)[number]) => T): T[] => records.map(of);
        const columns = { ids: column((r) => r.id), documents: column((r) => r.document), uris: column(() => null) };
        const body = JSON.stringify(
          { ...columns, embeddings: column((r) => r.embedding), metadatas: column((r) => r.metadata) },
          null,
          indent,
        );

        const read = recordsOf(Buffer.from(body));

        expect(read.map(({ id, document }) => ({ id, document }))).toEqual(records.map(({ id, document }) => ({ id, document })));
        // JSON has no -0: it is written as 0.
        expect(read.map(({ embedding }) => [...(embedding ?? [])])).toEqual(records.map((r) => r.embedding.map((value) => value + 0)));
        expect(read.map(({ metadata }) => JSON.parse(metadata ?? "null"))).toEqual(
          records.map((r) => JSON.parse(JSON.stringify(r.metadata))),
        );
      }),
    );
  });

  test.each(["", "{", '{"ids":["a"', '{"ids":["a"],"embeddings":[[1,2', "<html>502</html>", "[]", "null"])(
    "a broken body is refused: %s",
    (body) => {
      expect(() => recordsOf(Buffer.from(body))).toThrow(/store-unavailable/);
    },
  );

  test("columns of different lengths are refused", () => {
    const body = answer({ ids: ["a", "b"], embeddings: [[1]], documents: [null, null], metadatas: [null, null] });

    expect(() => recordsOf(body)).toThrow(/2 ids; columns of 1/);
  });

  test("embeddings without contents", () => {
    const body = '{"ids":["a","b"],"embeddings":[[0.5,-1.25e-3],null],"documents":null,"metadatas":null}';

    const read = new EmbeddingsAnswer(Buffer.from(body)).rows();

    expect(read).toEqual([
      { id: "a", embedding: Float32Array.of(0.5, -1.25e-3) },
      { id: "b", embedding: null },
    ]);
    expect(() => new EmbeddingsAnswer(Buffer.from('{"ids":["a","b"],"embeddings":[[1]]}')).rows()).toThrow(/2 ids; columns of 1/);
  });

  test("ids and neighbours", () => {
    expect(idsOf(Buffer.from('{"ids":["a","\\"b"],"embeddings":null}'))).toEqual(["a", '"b']);
    expect(nearestOf(Buffer.from('{"ids":[["n","m"],[]],"distances":[[0.0,1.5],[]]}'))).toEqual([
      [
        { id: "n", distance: 0 },
        { id: "m", distance: 1.5 },
      ],
      [],
    ]);
  });

  test("a collection whose distance is unknown is refused by its name", () => {
    const body =
      '{"id":"i","name":"odd","configuration_json":{"hnsw":{"space":"hamming"}},"metadata":null,"dimension":null,"tenant":"t","database":"d"}';

    expect(() => collectionOf(Buffer.from(body))).toThrow(/unsupported.*"odd"/);
  });
});
