import fc from "fast-check";
import { type LedgerEntry, writeKey } from "../../../../recovery/evidence/ledger";
import { measureLoss } from "../../../../recovery/evidence/loss";
import { inAnotherRegion } from "../../../../recovery/evidence/since";
import { at, deletion, PRIMARY, RECOVERY, write } from "./writes";

const keyOf = (key: string): string => writeKey({ store: "objects", key });

/** What a store holds that applied exactly these writes. */
const stateAfter = (writes: readonly LedgerEntry[]): Map<string, string> => {
  const state = new Map<string, string>();
  for (const entry of writes) {
    if (entry.digest === undefined) state.delete(writeKey(entry));
    else state.set(writeKey(entry), entry.digest);
  }
  return state;
};

const lossOf = (entries: readonly LedgerEntry[], recovered: ReadonlyMap<string, string>, disasterSecond = 1000) =>
  measureLoss({ entries, since: inAnotherRegion(PRIMARY), disasterAt: at(disasterSecond), recovered });

/** A history of puts and deletes of a few keys; some are never answered. */
const histories = fc
  .array(fc.record({ key: fc.constantFrom("a", "b", "c", "d"), isDelete: fc.boolean(), answered: fc.boolean() }), { maxLength: 30 })
  .map((steps) =>
    steps.map(({ key, isDelete, answered }, sequence) => {
      const changes = { key, ...(answered ? {} : { acknowledgedAt: undefined }) };
      return isDelete ? deletion(sequence, changes) : write(sequence, changes);
    }),
  );

describe("measureLoss", () => {
  test("a store that applied every write lost nothing", () => {
    fc.assert(
      fc.property(histories, (entries) => {
        const loss = lossOf(entries, stateAfter(entries));
        expect(loss).toMatchObject({ lostWrites: 0, lossSeconds: 0, unexpected: [], overwritten: [] });
        expect(loss.recovered).toBe(entries.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).length);
      }),
    );
  });

  test("a store that stopped at a time lost only later writes, and every later put that shows", () => {
    fc.assert(
      fc.property(histories, fc.nat(30), (entries, stop) => {
        const recovered = stateAfter(entries.slice(0, stop));
        const { lost, unexpected } = lossOf(entries, recovered);
        expect(unexpected).toEqual([]);
        for (const entry of lost) expect(entry.sequence).toBeGreaterThanOrEqual(stop);
        const final = stateAfter(entries);
        for (const [key, digest] of final) {
          const last = entries.findLast((entry) => writeKey(entry) === key);
          if (recovered.get(key) !== digest && last?.acknowledgedAt !== undefined) expect(lost).toContain(last);
        }
      }),
    );
  });

  test("counts add up, and the oldest lost write gives the seconds", () => {
    fc.assert(
      fc.property(histories, fc.subarray(["a", "b", "c", "d"]), fc.nat(40), (entries, gone, disaster) => {
        const recovered = stateAfter(entries);
        for (const key of gone) recovered.delete(keyOf(key));
        const loss = lossOf(entries, recovered, disaster);
        expect(loss.recovered + loss.lostWrites).toBe(loss.acknowledgedWrites);
        expect(loss.lost).toHaveLength(loss.lostWrites);
        const ages = loss.lost.map(({ acknowledgedAt }) => (at(disaster).getTime() - Date.parse(acknowledgedAt ?? "")) / 1000);
        expect(loss.lossSeconds).toBe(Math.max(0, ...ages));
        expect(ages.every((age) => age > 0)).toBe(true);
      }),
    );
  });

  test("content that no write explains is unexpected, and does not count as recovered", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom("a", "b", "elsewhere"), (entries, key) => {
        const recovered = stateAfter(entries).set(keyOf(key), "scrambled");
        const loss = lossOf(entries, recovered);
        expect(loss.unexpected).toEqual([keyOf(key)]);
        expect(loss.lost.filter((entry) => writeKey(entry) === keyOf(key))).toEqual(
          entries.filter((entry) => writeKey(entry) === keyOf(key) && entry.acknowledgedAt !== undefined),
        );
      }),
    );
  });

  test("an older version of a key loses the newer writes only", () => {
    const entries = [write(0, { load: true }), write(10), write(20)];
    const loss = lossOf(entries, new Map([[keyOf("a"), entries[1]?.digest ?? ""]]), 30);
    expect(loss).toMatchObject({ acknowledgedWrites: 3, lostWrites: 1, recovered: 2, lossSeconds: 9.5, oldestLost: { sequence: 20 } });
  });

  test("a later write that was never answered covers the ones before it", () => {
    const entries = [write(0), write(1, { acknowledgedAt: undefined })];
    expect(lossOf(entries, stateAfter(entries))).toMatchObject({ acknowledgedWrites: 1, lostWrites: 0 });
  });

  test("a delete that came back is lost", () => {
    const entries = [write(0), deletion(5)];
    expect(lossOf(entries, stateAfter(entries.slice(0, 1)), 10)).toMatchObject({ lostWrites: 1, lossSeconds: 4.5 });
  });

  test("only what was acknowledged before the disaster counts", () => {
    const entries = [
      write(0, { key: "before" }),
      write(9.5, { key: "at" }),
      write(20, { key: "after" }),
      write(1, { key: "never", acknowledgedAt: undefined }),
    ];
    expect(lossOf(entries, new Map(), 10)).toMatchObject({ acknowledgedWrites: 1, lostWrites: 1, lossSeconds: 9.5 });
  });

  test("writes after the cut-over explain content and are no loss", () => {
    const entries = [write(0), write(50, { key: "new", region: RECOVERY })];
    expect(lossOf(entries, stateAfter(entries), 10)).toMatchObject({
      acknowledgedWrites: 1,
      lostWrites: 0,
      unexpected: [],
      overwritten: [],
    });
  });

  test("a key that was written again after the cut-over counts as lost, and is named", () => {
    const entries = [write(0), write(50, { region: RECOVERY })];
    expect(lossOf(entries, stateAfter(entries), 10)).toMatchObject({ lostWrites: 1, overwritten: [keyOf("a")], unexpected: [] });
  });
});
