import fc from "fast-check";
import { exactnessCheck, tornCheck, writtenSinceCheck } from "../../../../ops/drill/checks-commits";
import type { SeenDatabase } from "../../../../ops/drill/recovered-postgres";
import type { LedgerEntry } from "../../../../recovery/evidence/ledger";
import { inAnotherRegion } from "../../../../recovery/evidence/since";
import { at, PRIMARY, RECOVERY } from "../../recovery/evidence/writes";
import { databaseAfter, transaction } from "./databases";

const exact = (entries: readonly LedgerEntry[], database: SeenDatabase, second: number) =>
  exactnessCheck(entries, database, { since: inAnotherRegion(PRIMARY), asOf: at(second) });

/** a is written twice, b once, c is written and deleted: one transaction every ten seconds. */
const entries = [
  ...transaction(10, 1, "a"),
  ...transaction(20, 2, "b"),
  ...transaction(30, 3, "c"),
  ...transaction(40, 4, "a"),
  ...transaction(50, 5, "c", { operation: "delete" }),
];
const upTo = (number: number): readonly LedgerEntry[] => entries.filter(({ transaction: of = 0 }) => of <= number);
const without = (number: number, all: readonly LedgerEntry[] = entries): readonly LedgerEntry[] =>
  all.filter(({ transaction: of }) => of !== number);

describe("exact as of its time", () => {
  test("all that was answered before and nothing that was sent after passes", () => {
    expect(exact(entries, databaseAfter(upTo(3)), 35)).toMatchObject({ passed: true, actual: expect.stringContaining("3 of them") });
  });

  test("a missing commit fails, by its number", () => {
    const check = exact(entries, databaseAfter(without(2, upTo(3))), 35);
    expect(check).toMatchObject({
      passed: false,
      actual: expect.stringContaining("commit 2, answered 2026-01-01T00:00:20.500Z, is missing"),
    });
  });

  test("a commit of after the time fails, by its number", () => {
    const check = exact(entries, databaseAfter(upTo(4)), 35);
    expect(check).toMatchObject({ passed: false, actual: expect.stringContaining("commit 4, sent 2026-01-01T00:00:40.000Z, is extra") });
  });

  test("a commit that nobody sent fails", () => {
    const check = exact(entries, databaseAfter([...upTo(3), ...transaction(15, 99, "z")]), 35);
    expect(check).toMatchObject({ passed: false, actual: expect.stringContaining("commit 99, which nobody sent, is extra") });
  });

  test.each([
    ["there", upTo(3)],
    ["not there", upTo(2)],
  ])("a commit sent before and answered after the time may be %s", (_, done) => {
    expect(exact(entries, databaseAfter(done), 30.25)).toMatchObject({ passed: true });
  });

  test.each([
    ["there", upTo(3)],
    ["not there", upTo(2)],
  ])("a commit that was never answered may be %s", (_, done) => {
    const unanswered = [...upTo(2), ...transaction(30, 3, "c", { acknowledgedAt: undefined })];
    expect(exact(unanswered, databaseAfter(done), 35)).toMatchObject({ passed: true });
  });

  test("commits of after the cut-over are the application's own", () => {
    const since = transaction(200, 6, "new", { region: RECOVERY });
    expect(exact([...entries, ...since], databaseAfter([...upTo(3), ...since]), 35)).toMatchObject({ passed: true });
  });

  test("nothing due is nothing shown", () => {
    expect(exact(entries, databaseAfter([]), 5)).toMatchObject({ passed: false });
  });
});

describe("no torn transaction", () => {
  const torn = (database: SeenDatabase) => tornCheck(entries, database);
  const withCommits = (database: SeenDatabase, numbers: readonly number[]): SeenDatabase => ({
    ...database,
    commits: new Map(numbers.map((number) => [number, "digest"])),
  });

  test("the state after any number of whole transactions passes", () => {
    for (const number of [1, 2, 3, 4, 5]) expect(torn(databaseAfter(upTo(number)))).toMatchObject({ passed: true });
  });

  test.each<[string, SeenDatabase, RegExp]>([
    ["a commit without its rows", withCommits(databaseAfter(upTo(3)), [1, 2, 3, 4]), /a: commit 4 is there, its rows are of commit 1/],
    ["rows without their commit", withCommits(databaseAfter(upTo(4)), [1, 2, 3]), /a: commit 1 is there, its rows are of commit 4/],
    ["a new document without its rows", withCommits(databaseAfter(upTo(1)), [1, 2]), /b: commit 2 is there, its rows are not/],
    ["a document without its commit", withCommits(databaseAfter(upTo(2)), [1]), /b: no commit of it is there, its rows are of commit 2/],
    [
      "a deletion without its effect",
      withCommits(databaseAfter(upTo(4)), [1, 2, 3, 4, 5]),
      /c: commit 5 is there, its rows are of commit 3/,
    ],
    ["an effect without its deletion", withCommits(databaseAfter(upTo(5)), [1, 2, 3, 4]), /c: commit 3 is there, its rows are not/],
  ])("%s fails, by the document", (_, database, named) => {
    expect(torn(database)).toMatchObject({ passed: false, actual: expect.stringMatching(named) });
  });

  const changed = (change: object): SeenDatabase => {
    const database = databaseAfter(upTo(4));
    const document = database.documents.get("a");
    if (document === undefined) throw new Error("a is there");
    return { ...database, documents: new Map(database.documents).set("a", { ...document, ...change }) };
  };

  test("rows of two commits in one document fail", () => {
    expect(torn(changed({ commits: [1, 4] }))).toMatchObject({
      passed: false,
      actual: expect.stringMatching(/a: its rows are of commits 1 and 4/),
    });
  });

  test("a chunk too few fails: the document's digest is that of no commit", () => {
    expect(torn(changed({ digest: "f".repeat(64) }))).toMatchObject({
      passed: false,
      actual: expect.stringMatching(/as no commit left them/),
    });
  });

  test("an empty database shows nothing", () => {
    expect(torn(databaseAfter([]))).toMatchObject({ passed: false });
  });
});

describe("written since cut-over", () => {
  const since = transaction(200, 6, "new", { region: RECOVERY });
  const check = (database: SeenDatabase, all: readonly LedgerEntry[] = [...entries, ...since]) =>
    writtenSinceCheck(all, database, { since: inAnotherRegion(PRIMARY), readAt: database.readAt });

  test("fresh keys pass", () => {
    expect(check(databaseAfter([...upTo(3), ...since]))).toMatchObject({ passed: true, actual: expect.stringContaining("1 of them") });
  });

  test("a key that a row of before has, or one below it, fails", () => {
    const database = databaseAfter([...since, ...upTo(3)]);
    expect(check(database)).toMatchObject({
      passed: false,
      actual: expect.stringContaining("new has documents.id 1, and rows of before go up to 4"),
    });
  });

  test("a commit that was answered before the reading and is not there fails; one answered later does not", () => {
    expect(check(databaseAfter(upTo(3)))).toMatchObject({ passed: false, actual: expect.stringContaining("commit 6 is missing") });
    const later = [...entries, ...since, ...transaction(2000, 7, "newer", { region: RECOVERY })];
    expect(check(databaseAfter([...upTo(3), ...since]), later)).toMatchObject({ passed: true });
  });

  test("nothing written since is nothing shown", () => {
    expect(check(databaseAfter(upTo(3)), entries)).toMatchObject({ passed: false });
  });
});

describe("a restore to any time of any history", () => {
  const steps = fc.array(
    fc.record({
      key: fc.constantFrom("a", "b", "c", "d"),
      isDelete: fc.boolean(),
      /** Unanswered ones may have been done or not. */
      isAnswered: fc.boolean(),
      isDone: fc.boolean(),
      /** Between its sending and its answer. */
      commitSeconds: fc.constantFrom(0.1, 0.25, 0.4),
    }),
    { minLength: 1, maxLength: 25 },
  );
  const histories = steps.map((all) => {
    const leftAlone = new Set<string>();
    return all.flatMap(({ key, isDelete, isAnswered, isDone, commitSeconds }, index) => {
      if (leftAlone.has(key)) return [];
      if (!isAnswered) leftAlone.add(key);
      const number = index + 1;
      const changes: Partial<LedgerEntry> = {
        ...(isDelete ? { operation: "delete" } : {}),
        ...(isAnswered ? {} : { acknowledgedAt: undefined }),
      };
      return [
        {
          number,
          committedAt: isAnswered || isDone ? number + commitSeconds : Number.POSITIVE_INFINITY,
          entries: transaction(number, number, key, changes),
        },
      ];
    });
  });
  type History = readonly { readonly number: number; readonly committedAt: number; readonly entries: readonly LedgerEntry[] }[];
  const flat = (history: History) => history.flatMap((each) => each.entries);
  const doneBy = (history: History, time: number) => history.filter(({ committedAt }) => committedAt <= time);
  const times = fc.double({ min: 1, max: 27, noNaN: true });

  test("is exact and whole", () => {
    fc.assert(
      fc.property(histories, times, (history, time) => {
        const database = databaseAfter(flat(doneBy(history, time)));
        const isDue = history.some(({ entries: [entry] }) => Date.parse(entry?.acknowledgedAt ?? "9999") < at(time).getTime());
        expect(exact(flat(history), database, time).passed).toBe(isDue);
        expect(tornCheck(flat(history), database).passed).toBe(database.commits.size > 0);
      }),
    );
  });

  test("without one of its answered commits, or with one that was sent later, is not exact", () => {
    fc.assert(
      fc.property(histories, times, fc.nat(), (history, time, choice) => {
        const due = history.filter(({ entries: [entry] }) => Date.parse(entry?.acknowledgedAt ?? "9999") < at(time).getTime());
        const late = history.filter(({ number, committedAt }) => at(number) > at(time) && Number.isFinite(committedAt));
        const [missing, extra] = [due[choice % due.length], late[choice % late.length]];
        const done = doneBy(history, time);
        if (missing !== undefined)
          expect(exact(flat(history), databaseAfter(flat(done.filter((each) => each !== missing))), time).passed).toBe(false);
        if (extra !== undefined) expect(exact(flat(history), databaseAfter(flat([...done, extra])), time).passed).toBe(false);
      }),
    );
  });

  test("with one commit's row alone, or its documents alone, is torn", () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.boolean(), (history, choice, keepsRow) => {
        const done = doneBy(history, 100);
        const planted = done[choice % done.length];
        fc.pre(planted !== undefined);
        const [document] = planted.entries;
        // A deletion of what is not there leaves no trace that could be missing.
        const isLast = done.findLast(({ entries: [entry] }) => entry?.key === document?.key) === planted;
        const before = databaseAfter(flat(done.filter((each) => each !== planted))).documents.get(document?.key ?? "");
        fc.pre(isLast && before?.digest !== document?.digest);
        const half = planted.entries.filter(({ collection }) => (collection === "commits") === keepsRow);
        const database = databaseAfter(done.flatMap((each) => (each === planted ? half : each.entries)));
        fc.pre(database.commits.size > 0);
        expect(tornCheck(flat(history), database).passed).toBe(false);
      }),
    );
  });
});
