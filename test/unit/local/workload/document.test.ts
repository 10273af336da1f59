import { CHUNKS, COLLECTIONS, documentVersion, MAX_CHUNKS, SUMMARIES } from "../../../../local/workload/document";

const writtenAt = new Date("2026-01-01T00:00:00.000Z");
const facts = { key: "documents/a.md", text: "word ".repeat(2000), revision: 0, writtenAt };

describe("documentVersion", () => {
  test("its chunks and summary point to their object", () => {
    const { chunks, summary } = documentVersion(facts);
    expect(chunks).toHaveLength(MAX_CHUNKS);
    expect(chunks.map(({ id }) => id)).toEqual(chunks.map((_, index) => `documents/a.md#${index}`));
    for (const { metadataJson } of [...chunks, summary])
      expect(JSON.parse(metadataJson)).toMatchObject({ object_key: "documents/a.md", written_at: writtenAt.toISOString(), revision: 0 });
  });

  test("has the numbers that a careless backup changes: a whole float and an integer above 2^53", () => {
    const metadata = documentVersion(facts).chunks.map(({ metadataJson }) => metadataJson);
    expect(metadata[0]).toContain('"weight":1.0,');
    expect(metadata[1]).toContain('"weight":0.5,');
    const fingerprint = BigInt(/"fingerprint":(\d+)/.exec(metadata[0] ?? "")?.[1] ?? 0);
    expect(fingerprint).toBeGreaterThan(2n ** 53n);
    expect(fingerprint).toBeLessThan(2n ** 62n);
  });

  test("no two revisions are alike", () => {
    const [first, second] = [0, 1].map((revision) => documentVersion({ ...facts, revision }));
    expect(Buffer.from(second?.body ?? []).equals(first?.body ?? Buffer.alloc(0))).toBe(false);
    for (const [index, chunk] of (second?.chunks ?? []).entries()) expect(chunk.metadataJson).not.toBe(first?.chunks[index]?.metadataJson);
  });
});

test("there are two collections, of different spaces", () => {
  expect(COLLECTIONS).toEqual({ [CHUNKS]: "cosine", [SUMMARIES]: "l2" });
});
