import fc from "fast-check";
import { documentsAsOf } from "../../../../lambdas/documents-restore/as-of";
import { compare } from "../../../../lambdas/documents-restore/compare";
import { MemoryObjects } from "../../../support/memory-objects";
import { clockAt } from "../support/clock";

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

// Keys on both sides of the surrogates: UTF-8 and UTF-16 order them differently.
const keys = fc.constantFrom("a", "a/b", "z", "\uE000", "\u{1F600}", "ä ü+%.md");

describe("the documents as of a time", () => {
  it("are what a reader of that time saw, for any history of writes and deletions", async () => {
    const change = fc.record({ key: keys, deleted: fc.boolean(), seconds: fc.integer({ min: 0, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 25 }), fc.nat(25), fc.integer({ min: 1, max: 5 }), async (changes, at, pageSize) => {
        const clock = clockAt("2026-11-24T10:00:00.000Z");
        const bucket = new MemoryObjects("replica", clock.now, pageSize);
        const seen = new Map<string, string>();
        let time = clock.now();
        for (const [index, { key, deleted, seconds }] of changes.entries()) {
          clock.passSeconds(seconds);
          const { versionId } = bucket.add(key, deleted ? undefined : `content ${index}`);
          // Two changes of one instant cannot be told apart: the time asked for ends with the last one.
          if (index > at && clock.now() > time) continue;
          time = clock.now();
          if (deleted) seen.delete(key);
          else seen.set(key, versionId);
        }

        const documents = await all(documentsAsOf(bucket.versions(""), time));

        expect(new Map(documents.map(({ key, versionId }) => [key, versionId]))).toEqual(seen);
      }),
    );
  });

  it("leave Lifeboat's own objects out", async () => {
    const clock = clockAt("2026-11-24T10:00:00.000Z");
    const bucket = new MemoryObjects("replica", clock.now);
    for (const key of [".lifeboat/canary.json", ".lifeboats/a.md", "a.md"]) bucket.add(key, "text");

    expect((await all(documentsAsOf(bucket.versions(""), clock.now()))).map(({ key }) => key)).toEqual([".lifeboats/a.md", "a.md"]);
  });
});

describe("comparing documents with a bucket", () => {
  it("tells each key's state, in S3's order of keys", async () => {
    const held = fc.uniqueArray(keys);
    await fc.assert(
      fc.asyncProperty(held, held, async (wantedKeys, heldKeys) => {
        const clock = clockAt("2026-11-24T10:00:00.000Z");
        const source = new MemoryObjects("replica", clock.now);
        const target = new MemoryObjects("target", clock.now, 3);
        for (const key of wantedKeys) source.add(key, "same");
        for (const key of heldKeys) target.add(key, "same");
        const objects = (async function* () {
          for await (const page of target.list("")) yield* page;
        })();

        const compared = await all(compare(documentsAsOf(source.versions(""), clock.now()), objects));

        const of = (kind: string) =>
          compared.flatMap((one) => (one.kind !== kind ? [] : [one.kind === "foreign" ? one.key : one.document.key])).sort();
        expect(of("present")).toEqual(wantedKeys.filter((key) => heldKeys.includes(key)).sort());
        expect(of("missing")).toEqual(wantedKeys.filter((key) => !heldKeys.includes(key)).sort());
        expect(of("foreign")).toEqual(heldKeys.filter((key) => !wantedKeys.includes(key)).sort());
      }),
    );
  });
});
