import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { silentProgress } from "../../../../local/progress";
import { documentVersion } from "../../../../local/workload/document";
import { putDocument } from "../../../../local/workload/operations";
import { Population } from "../../../../local/workload/population";
import { Recorder } from "../../../../local/workload/recorder";
import { startWorkload, type Workload, type WorkloadOptions } from "../../../../local/workload/writer";
import { type LedgerEntry, writeKey } from "../../../../recovery/evidence/ledger";
import { endpointsIn, MemoryLedger, MemoryStores } from "./memory";

const corpus = Array.from({ length: 5 }, (_, index) => ({ name: `text-${index}.md`, text: `Text ${index}. ${"some words ".repeat(100)}` }));

/** A clock that goes on by a second whenever it is read. */
const ticking = () => {
  let seconds = 0;
  return () => new Date(Date.UTC(2026, 0, 1) + 1000 * seconds++);
};

const cycling = (values: readonly number[]) => {
  let index = 0;
  return () => values[index++ % values.length] ?? 0;
};

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await setImmediate();
};

const workloadOn = (stores: MemoryStores, ledger: MemoryLedger, changes: Partial<WorkloadOptions> = {}): Promise<Workload> =>
  startWorkload({
    endpoints: () => Promise.resolve(endpointsIn("us-east-1")),
    connect: stores.connect,
    ledger,
    clock: ticking(),
    random: cycling([0.9, 0.05, 0.3, 0.7, 0.2]),
    ratePerSecond: 10_000,
    corpus,
    ...changes,
  });

const historiesOf = (entries: readonly LedgerEntry[]): readonly LedgerEntry[][] => [
  ...entries
    .reduce(
      (histories, entry) => histories.set(writeKey(entry), [...(histories.get(writeKey(entry)) ?? []), entry]),
      new Map<string, LedgerEntry[]>(),
    )
    .values(),
];

describe("the initial load", () => {
  test("writes every document's object, chunks and summary, and notes them as loaded", async () => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    const workload = await workloadOn(stores, ledger);

    await workload.load(silentProgress);
    await workload.stop();

    expect(new Set(ledger.entries.map(writeKey))).toEqual(stores.keys);
    expect(ledger.entries.every(({ load, acknowledgedAt }) => load && acknowledgedAt !== undefined)).toBe(true);
    expect(workload.statistics().objects).toEqual({ attempted: 5, acknowledged: 5 });
    expect(workload.statistics().postgres).toEqual({ attempted: 6, acknowledged: 6 });
    const calls = (text: string) => stores.calls.flatMap((call, index) => (call.includes(text) ? [index] : []));
    expect(Math.min(...calls("upsert"))).toBeGreaterThan(Math.max(...calls(" put ")));
    expect(Math.min(...calls("commit"))).toBeGreaterThan(Math.max(...calls("upsert"), ...calls("create schema")));
  });

  test("that fails is an error", async () => {
    const stores = new MemoryStores();
    stores.failing = { call: "upsert summaries", applies: false };
    const workload = await workloadOn(stores, new MemoryLedger());
    await expect(workload.load(silentProgress)).rejects.toThrow("no answer");
    await workload.stop();
  });
});

describe("operations", () => {
  test("after any sequence with failures, what is pointed to exists, and what the ledger calls certain is so", async () => {
    const failures = fc.constantFrom(
      "put ",
      "delete ",
      "upsert chunks",
      "upsert summaries",
      "remove chunks",
      "remove summaries",
      "commit",
      "commit deletion",
      "nothing",
    );
    const steps = fc.array(
      fc.record({
        call: failures,
        applies: fc.boolean(),
        random: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 3, maxLength: 3 }),
      }),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
        const values = cycling(all.flatMap(({ random }) => random));
        const population = new Population({
          corpus,
          clock: ticking(),
          random: all.length === 0 ? () => 0 : values,
          overwriteShare: 0.4,
          deleteShare: 0.3,
        });
        const recorder = new Recorder(ledger, ticking());
        const target = stores.connect(endpointsIn("us-east-1"));
        for (const failing of all) {
          stores.failing = failing;
          await population.operate(recorder, target).catch(() => undefined);
        }

        for (const { store, collection, key, references } of ledger.entries) {
          if (store !== "chroma" || !stores.keys.has(writeKey({ store, collection, key }))) continue;
          for (const object of references ?? []) expect(stores.keys.has(writeKey({ store: "objects", key: object }))).toBe(true);
        }
        for (const { chunks, references } of stores.rows.values()) {
          for (const { columns } of chunks)
            expect(stores.keys).toContain(writeKey({ store: "chroma", collection: "chunks", key: columns.vector_id ?? "" }));
          for (const { columns } of references)
            expect(stores.keys).toContain(
              writeKey({
                store: columns.store === "objects" ? "objects" : "chroma",
                collection: columns.collection ?? undefined,
                key: columns.key ?? "",
              }),
            );
        }
        const numbers = ledger.entries.flatMap(({ collection, key }) => (collection === "commits" ? [key] : []));
        expect(new Set(numbers).size).toBe(numbers.length);
        for (const history of historiesOf(ledger.entries)) {
          const unanswered = history.findIndex(({ acknowledgedAt }) => acknowledgedAt === undefined);
          // A key with an unanswered write is left alone, which is what measuring loss relies on.
          if (unanswered >= 0) expect(unanswered).toBe(history.length - 1);
          const last = history.at(-1);
          if (unanswered < 0 && last !== undefined) expect(stores.keys.has(writeKey(last))).toBe(last.operation === "put");
        }
      }),
    );
  });

  test("an overwrite replaces object, vectors and rows, again and again; a delete takes them the other way", async () => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    let choice = 0.9;
    const population = new Population({ corpus, clock: ticking(), random: () => choice, overwriteShare: 0.4, deleteShare: 0.3 });
    const recorder = new Recorder(ledger, ticking());
    const target = stores.connect(endpointsIn("us-east-1"));
    for (choice of [0.9, 0.5, 0.5, 0.1]) await population.operate(recorder, target);

    const written = [
      " put notes/000001.md",
      " upsert chunks notes/000001.md#0",
      " upsert summaries notes/000001.md",
      " commit notes/000001.md",
    ];
    const deleted = [
      " commit deletion of notes/000001.md",
      " remove chunks notes/000001.md#0",
      " remove summaries notes/000001.md",
      " delete notes/000001.md",
    ];
    expect(stores.calls).toEqual([...written, ...written, ...written, ...deleted].map((call) => `us-east-1${call}`));
    expect(stores.keys).toEqual(
      new Set([1, 2, 3, 4].map((number) => writeKey({ store: "postgres", collection: "commits", key: String(number) }))),
    );
    const objects = ledger.entries.filter(({ store }) => store === "objects");
    expect(objects.map(({ operation }) => operation)).toEqual(["put", "put", "put", "delete"]);
    expect(new Set(objects.map(({ digest }) => digest)).size).toBe(4);
  });

  test("a document that was being written when all was forgotten is forgotten too", async () => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    let choice = 0.9;
    const population = new Population({ corpus, clock: ticking(), random: () => choice, overwriteShare: 0.4, deleteShare: 0.3 });
    const target = stores.connect(endpointsIn("us-east-1"));
    const recorder = new Recorder(ledger, ticking());

    const underWay = population.operate(recorder, target);
    population.forgetAll();
    await underWay;
    choice = 0.5;
    await population.operate(recorder, target);

    const objects = ledger.entries.filter(({ store }) => store === "objects");
    expect(objects.map(({ key }) => key)).toEqual(["notes/000001.md", "notes/000002.md"]);
  });

  test("a longer predecessor's vectors go after the rows that pointed to them", async () => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    const target = stores.connect(endpointsIn("us-east-1"));
    const facts = { key: "a.md", text: "word ".repeat(400), revision: 0, writtenAt: new Date(0) };
    const [long, short] = [documentVersion(facts), documentVersion({ ...facts, text: "word", revision: 1 })];
    await putDocument(new Recorder(ledger, ticking()), target, short, long);
    expect(stores.calls.slice(-2)).toEqual(["us-east-1 commit a.md", "us-east-1 remove chunks a.md#1"]);
  });

  test("an attempt is noted before the store is asked, its answer after", async () => {
    const ledger = new MemoryLedger();
    const recorder = new Recorder(ledger, ticking());
    const seen: (readonly [number, string | undefined])[] = [];
    const write = { store: "objects", operation: "delete", key: "a" } as const;
    await recorder.send(
      [write],
      "us-east-1",
      false,
      async () => void seen.push([ledger.entries.length, ledger.entries[0]?.acknowledgedAt]),
    );
    expect(seen).toEqual([[1, undefined]]);
    expect(ledger.entries[0]?.acknowledgedAt).toBeDefined();
    expect(recorder.of("objects")).toEqual({ attempted: 1, acknowledged: 1 });
  });
});

describe("the steady writer", () => {
  test("goes through an outage, and on where the live endpoints point, without touching what was written before", async () => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    let region = "us-east-1";
    const workload = await workloadOn(stores, ledger, { endpoints: () => Promise.resolve(endpointsIn(region)) });
    await workload.load(silentProgress);
    workload.write();
    await until(() => workload.statistics().objects.acknowledged > 10);

    stores.failing = { call: "us-east-1", applies: false };
    await until(() => workload.statistics().failedOperations > 3);
    const lostAt = ledger.entries.length;
    region = "eu-west-1";
    const first = await workload.firstAcknowledgedAfter(new Date(ledger.entries[lostAt - 1]?.attemptedAt ?? 0));
    await until(() => workload.statistics().chroma.acknowledged > 200);
    const statistics = await workload.stop();

    expect(first).toMatchObject({ objects: { region: "eu-west-1" }, chroma: { region: "eu-west-1" }, postgres: { region: "eu-west-1" } });
    expect(statistics).toMatchObject({ endpointChanges: 1, region: "eu-west-1", lastFailure: expect.stringMatching(/no answer/) });
    for (const history of historiesOf(ledger.entries)) expect(new Set(history.map((entry) => entry.region)).size).toBe(1);
    expect(ledger.entries.filter(({ acknowledgedAt }) => acknowledgedAt === undefined).every((entry) => entry.region === "us-east-1")).toBe(
      true,
    );
  });

  test("leaves alone what was written before, from when the operation under way has ended", async () => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    // Overwrites and deletes only, as long as there is something to overwrite or delete.
    const workload = await workloadOn(stores, ledger, { random: cycling([0.2, 0.5, 0.35, 0.05]) });
    await workload.load(silentProgress);
    workload.write();
    await until(() => workload.statistics().objects.acknowledged > 8);

    const leftAt = await workload.leaveWritten();
    const [before, since] = [0, 1].map((wanted) =>
      ledger.entries.filter((entry) => Number(new Date(entry.attemptedAt) >= leftAt) === wanted),
    );
    await until(() => workload.statistics().objects.acknowledged > 60);
    await workload.stop();

    expect(since).toEqual([]);
    const keys = new Set(before?.map(writeKey));
    const later = ledger.entries.slice(before?.length);
    expect(later.length).toBeGreaterThan(40);
    expect(later.filter((entry) => keys.has(writeKey(entry)))).toEqual([]);
  });

  test("keeps its endpoints while nobody can tell it others", async () => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    let asked = 0;
    const endpoints = async () => {
      asked += 1;
      if (asked > 1) throw new Error("SSM does not answer");
      return endpointsIn("us-east-1");
    };
    stores.failing = { call: "put", applies: true };
    const workload = await workloadOn(stores, ledger, { endpoints });
    workload.write();
    await until(() => asked > 4);
    stores.failing = undefined;
    await until(() => workload.statistics().objects.acknowledged > 0);
    expect(await workload.stop()).toMatchObject({ endpointChanges: 0, region: "us-east-1" });
  });

  test.each([
    ["host", { host: "elsewhere" }],
    ["port", { port: 5433 }],
    ["secret", { secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:other" }],
  ])("follows its database to another %s", async (_, change) => {
    const [stores, ledger] = [new MemoryStores(), new MemoryLedger()];
    const live = endpointsIn("us-east-1");
    let asked = 0;
    const endpoints = async () => (asked++ === 0 ? live : { ...live, postgres: { ...live.postgres, ...change } });
    stores.failing = { call: "commit", applies: false };
    const workload = await workloadOn(stores, ledger, { endpoints });
    workload.write();
    await until(() => workload.statistics().endpointChanges > 0);
    stores.failing = undefined;
    await until(() => workload.statistics().postgres.acknowledged > 0);
    expect(await workload.stop()).toMatchObject({ endpointChanges: 1 });
  });

  test("ends when the ledger cannot be written, and says so to all who wait", async () => {
    const ledger = new MemoryLedger();
    ledger.isBroken = true;
    const workload = await workloadOn(new MemoryStores(), ledger);
    const waiting = workload.firstAcknowledgedAfter(new Date(0));
    workload.write();
    await expect(waiting).rejects.toThrow(/ledger could not be written/);
    await expect(workload.stop()).rejects.toThrow(/ledger could not be written/);
  });

  test("stops twice, and tells those who still wait", async () => {
    const workload = await workloadOn(new MemoryStores(), new MemoryLedger());
    const waiting = workload.firstAcknowledgedAfter(new Date(0));
    const stopped = Promise.all([workload.stop(), workload.stop()]);
    await expect(waiting).rejects.toThrow(/stopped/);
    await stopped;
  });
});
