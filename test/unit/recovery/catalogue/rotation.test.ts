import fc from "fast-check";
import { keysDue, slotOf, slotsDue, tickAt } from "../../../../recovery/catalogue/rotation";

const keyOf = (number: number): string => `catalogue/points/chroma/${number}.json`;

/** The runs of a history: what each adds, and how many keys its time suffices for. */
const histories = (capacity: fc.Arbitrary<number>) =>
  fc.record({
    runs: fc.integer({ min: 1, max: 12 }),
    steps: fc.array(fc.record({ adds: fc.integer({ min: 0, max: 5 }), capacity, missed: fc.integer({ min: 0, max: 3 }) }), {
      minLength: 1,
      maxLength: 60,
    }),
  });

interface Step {
  readonly adds: number;
  readonly capacity: number;
  /** Scheduled runs before this one that did not take place. */
  readonly missed: number;
}

/** Rotates through a history; of each key the tick that it was added at, and the ticks that it was read at. */
const rotate = async (runs: number, steps: readonly Step[]) => {
  const addedAt = new Map<string, number>();
  const readAt = new Map<string, number[]>();
  const reads: { readonly tick: number; readonly due: readonly string[]; readonly read: readonly string[] }[] = [];
  let tick = 1_000;
  let lastTick: number | undefined;
  let left: readonly string[] = [];
  for (const { adds, capacity, missed } of steps) {
    tick += missed + 1;
    for (let added = 0; added < adds; added += 1) addedAt.set(keyOf(addedAt.size), tick);
    const due = await keysDue(addedAt.keys(), slotsDue(lastTick, tick, runs), runs, left);
    const read = due.slice(0, capacity);
    left = due.slice(capacity);
    for (const key of read) readAt.set(key, [...(readAt.get(key) ?? []), tick]);
    reads.push({ tick, due, read });
    lastTick = tick;
  }
  return { addedAt, readAt, reads, lastTick: tick };
};

describe("rotation", () => {
  test("reads every point within N intervals, and again within N, whatever is added meanwhile and whichever runs are missed", async () => {
    await fc.assert(
      fc.asyncProperty(histories(fc.constant(Number.MAX_SAFE_INTEGER)), async ({ runs, steps }) => {
        const { addedAt, readAt, reads, lastTick } = await rotate(runs, steps);
        for (const [key, added] of addedAt) {
          const times = readAt.get(key) ?? [];
          const from = [added, ...times];
          for (const [index, time] of from.entries()) {
            const next = times[index];
            // The first run at or behind the end of N intervals has read it at the latest: a missed one's slots are its successor's.
            const latest = reads.find(({ tick }) => tick >= time + runs)?.tick ?? Number.POSITIVE_INFINITY;
            if (next === undefined) expect(lastTick).toBeLessThan(latest);
            else expect(next).toBeLessThanOrEqual(latest);
          }
        }
      }),
    );
  });

  test("begins with what a run did not come to, and forgets nothing of it", async () => {
    await fc.assert(
      fc.asyncProperty(histories(fc.integer({ min: 0, max: 8 })), async ({ runs, steps }) => {
        const { reads } = await rotate(runs, steps);
        for (const [index, { due, read }] of reads.entries()) {
          const left = due.filter((key) => !read.includes(key));
          const next = reads[index + 1];
          if (next !== undefined) expect(next.due.slice(0, left.length)).toEqual(left);
        }
      }),
    );
  });

  test("reads no key twice in one interval", async () => {
    const keys = Array.from({ length: 50 }, (_, number) => keyOf(number));
    const first = await keysDue(keys, slotsDue(undefined, 7, 5), 5, []);

    expect(first.length).toBeGreaterThan(0);
    expect(await keysDue(keys, slotsDue(7, 7, 5), 5, [])).toEqual([]);
  });

  test("spreads keys over its slots", () => {
    const counts = new Map<number, number>();
    for (let number = 0; number < 9_600; number += 1) {
      const slot = slotOf(keyOf(number), 96);
      counts.set(slot, (counts.get(slot) ?? 0) + 1);
    }

    expect(counts.size).toBe(96);
    expect(Math.max(...counts.values())).toBeLessThan(200);
  });

  test("drops from what was left what is gone meanwhile", async () => {
    expect(await keysDue([keyOf(1)], [], 4, [keyOf(2), keyOf(1)])).toEqual([keyOf(1)]);
  });
});

test("a tick is the interval since 1970 that a time is in", () => {
  expect([tickAt(new Date(899_999), 900), tickAt(new Date(900_000), 900)]).toEqual([0, 1]);
});
