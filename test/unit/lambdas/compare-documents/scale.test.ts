import { comparePart } from "../../../../lambdas/compare-documents/part";
import { emptyTally } from "../../../../recovery/objects/comparison";
import type { Entry } from "../../../../recovery/objects/entries";

const PAGE = 1000;
const WRITTEN = new Date("2026-01-01T00:00:00.000Z");

/** A bucket of so many objects that is never whole in memory, and how many of its pages were asked for and not yet worked through. */
const bucketOf = (objects: number, worked: () => number) => {
  const seen = { requests: 0, mostAhead: 0 };
  async function* pages(): AsyncIterable<readonly Entry[]> {
    for (let start = 0; start < objects; start += PAGE) {
      seen.requests += 1;
      seen.mostAhead = Math.max(seen.mostAhead, seen.requests - Math.floor(worked() / PAGE));
      yield Array.from({ length: Math.min(PAGE, objects - start) }, (_, index) => ({
        key: `documents/${String(start + index).padStart(9, "0")}`,
        sizeBytes: 1,
        lastModified: WRITTEN,
      }));
    }
  }
  return { seen, pages };
};

test.each([10_000, 100_000])(
  "of %d documents two pages of each listing are in memory, a thousand objects cost a request, and a sample three",
  async (objects) => {
    let worked = 0;
    const goOn = () => {
      worked += 1;
      return true;
    };
    const buckets = {
      source: bucketOf(objects, () => worked),
      replica: bucketOf(objects, () => worked),
      locked: bucketOf(objects, () => worked),
    };
    const facts = async () => ({ sizeBytes: 1, lastModified: WRITTEN, checksums: [], lockedUntil: new Date("2100-01-01") });

    const { tally } = await comparePart(
      {
        listings: { source: buckets.source.pages, replica: buckets.replica.pages, locked: buckets.locked.pages },
        heads: { source: facts, replica: facts, locked: facts },
        newestVersion: async () => undefined,
        now: () => new Date("2026-11-26T12:00:00.000Z"),
        goOn,
      },
      { judgement: { judgedBefore: new Date("2026-11-26T11:00:00.000Z"), replicatesDeletes: true }, lockPeriod: { days: 365 } },
      {
        ...{ schema: "lifeboat/comparison-progress/1", system: "acme", startedAt: "2026-11-26T12:00:00.000Z" },
        ...{ judgedBefore: "2026-11-26T11:00:00.000Z", rotation: { index: 0, of: 168 }, after: null, calls: 0, tally: emptyTally() },
      },
    );

    expect(tally.judged).toBe(objects);
    expect(tally.requests).toEqual({ lists: (3 * objects) / PAGE, heads: 3 * tally.sampled });
    for (const { seen } of Object.values(buckets)) expect(seen.mostAhead).toBeLessThanOrEqual(3);
    expect(JSON.stringify(tally).length).toBeLessThan(2_000);
  },
);
