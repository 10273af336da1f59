import { type ComparisonFacts, compare, type Validation } from "../../../../ops/drill/compare";
import type { SeenDatabase } from "../../../../ops/drill/recovered-postgres";
import type { SeenVector } from "../../../../ops/drill/recovered-vectors";
import { type LedgerEntry, writeKey } from "../../../../recovery/evidence/ledger";
import { inAnotherRegion, sentFrom } from "../../../../recovery/evidence/since";
import { at, deletion, PRIMARY, RECOVERY, write } from "../../recovery/evidence/writes";
import { databaseAfter, transaction } from "./databases";

const SHA = "0".repeat(64);
const EMBEDDING = "e".repeat(64);

const facts: ComparisonFacts = {
  disasterAt: at(100),
  since: inAnotherRegion(PRIMARY),
  rpoObjectiveSeconds: { postgres: 20, objects: 120, chroma: 30 },
  asOf: { postgres: at(85), objects: at(90), chroma: at(50) },
  point: { pointId: "chroma-1", records: 2 },
};

const object = (sequence: number, key: string, changes: Partial<LedgerEntry> = {}) => write(sequence, { key, ...changes });
const vector = (sequence: number, objectKey: string, changes: Partial<LedgerEntry> = {}) =>
  write(sequence, {
    store: "chroma",
    collection: "chunks",
    key: `${objectKey}#0`,
    references: [objectKey],
    embeddingDigest: EMBEDDING,
    ...changes,
  });

/** Two documents of before any time, one of after the vectors' time, one of after the cut-over. */
const entries = [
  object(1, "a"),
  vector(2, "a"),
  ...transaction(2.5, 1, "a"),
  object(3, "b"),
  vector(4, "b"),
  ...transaction(4.5, 2, "b"),
  object(80, "late"),
  vector(81, "late"),
  ...transaction(82, 3, "late"),
  object(200, "new", { region: RECOVERY }),
  vector(201, "new", { region: RECOVERY }),
  ...transaction(202, 4, "new", { region: RECOVERY }),
];

interface Planted {
  readonly objects: readonly string[];
  readonly vectors: readonly string[];
  readonly change?: Partial<SeenVector>;
  /** Writes that the database did; all, if absent. */
  readonly rows?: readonly LedgerEntry[];
  readonly database?: Partial<SeenDatabase>;
}

const comparisonOf = ({ objects, vectors, change, rows, database }: Planted, ledger: readonly LedgerEntry[] = entries): Validation => {
  const seen = ledger
    .filter((entry) => entry.store === "chroma" && entry.operation === "put" && vectors.includes(entry.references?.[0] ?? ""))
    .map((entry): [string, SeenVector] => [
      writeKey(entry),
      {
        collection: "chunks",
        id: entry.key,
        objectKey: entry.references?.[0] ?? "",
        digest: entry.digest ?? "",
        embeddingDigest: EMBEDDING,
        space: "l2",
        drift: 0,
        ...change,
      },
    ]);
  const kept = ledger.filter((entry) => entry.store === "objects" && entry.operation === "put" && objects.includes(entry.key));
  return compare(facts, ledger, {
    database: databaseAfter(rows ?? ledger, database),
    vectors: new Map(seen),
    documents: new Map(kept.map((entry) => [writeKey(entry), entry.digest ?? ""])),
  });
};

const failed = ({ checks }: Validation): readonly string[] =>
  checks.filter(({ passed }) => !passed).map(({ store, name }) => `${store}/${name}`);

describe("comparing recovered stores with the ledger", () => {
  test("what the plan promises passes, with the loss that its times imply", () => {
    const validation = comparisonOf({ objects: ["a", "b", "late", "new"], vectors: ["a", "b", "new"] });

    expect(failed(validation)).toEqual([]);
    expect(validation.stores.objects).toEqual({
      lossSeconds: 0,
      acknowledgedWrites: 3,
      lostWrites: 0,
      recovered: 3,
      rpoObjectiveSeconds: 120,
      met: true,
    });
    expect(validation.stores.chroma).toMatchObject({ acknowledgedWrites: 3, lostWrites: 1, recovered: 2, lossSeconds: 18.5, met: true });
    expect(validation.stores.postgres).toMatchObject({ acknowledgedWrites: 6, lostWrites: 0, rpoObjectiveSeconds: 20, met: true });
    expect(validation.brokenReferences).toMatchObject([
      { from: { store: "postgres", key: "late" }, to: { store: "chroma" }, insideSkew: true },
    ]);
  });

  test("a loss beyond the objective is not met", () => {
    const validation = comparisonOf({ objects: ["a", "b", "late"], vectors: ["a"] });
    expect(validation.stores.chroma).toMatchObject({ lossSeconds: 95.5, met: false });
  });

  test("a record missing that the point promised fails", () => {
    expect(failed(comparisonOf({ objects: ["a", "b", "late"], vectors: ["a"] }))).toEqual([
      "chroma/complete as of its time",
      "chroma/count of the recovery point",
      "postgres/references to vectors",
    ]);
  });

  test("an object missing that the plan promised fails, and so does the vector that points to it", () => {
    const validation = comparisonOf({ objects: ["a", "late"], vectors: ["a", "b"] });
    expect(failed(validation)).toEqual([
      "objects/complete as of its time",
      "postgres/references to documents",
      "chroma/references to documents",
    ]);
    expect(validation.brokenReferences.filter(({ insideSkew }) => !insideSkew)).toMatchObject([
      { from: { store: "postgres" }, to: { store: "objects", key: "b" } },
      { from: { store: "chroma" }, to: { store: "objects", key: "b" } },
    ]);
  });

  test("an object deleted between the stores' times breaks a reference inside the skew: listed as loss", () => {
    const ledger = [
      ...entries.filter(({ key, references }) => ["a", "b"].includes(references?.[0] ?? key) || ["1", "2", "4"].includes(key)),
      ...transaction(202, 4, "new", { region: RECOVERY }).slice(0, 1),
      ...transaction(69, 5, "b", { operation: "delete" }),
      deletion(70, { store: "chroma", collection: "chunks", key: "b#0" }),
      deletion(71, { key: "b" }),
    ];
    const validation = comparisonOf({ objects: ["a"], vectors: ["a", "b"] }, ledger);
    expect(failed(validation)).toEqual([]);
    expect(validation.brokenReferences).toMatchObject([{ to: { store: "objects", key: "b" }, insideSkew: true }]);
    expect(validation.checks.find(({ store, name }) => store === "chroma" && name === "references to documents")?.actual).toContain(
      "1 inside the skew, counted as loss",
    );
    expect(validation.stores.chroma.lostWrites).toBe(1);
  });

  test("content that nobody wrote fails", () => {
    const validation = comparisonOf({ objects: ["a", "b", "late"], vectors: ["a", "b"], change: { digest: SHA } });
    expect(failed(validation)).toContain("chroma/digests");
    expect(validation.stores.chroma.recovered).toBe(0);
  });

  test("an object that nobody wrote fails by its content and by the count", () => {
    const documents = new Map(
      entries
        .filter(({ store, region }) => store === "objects" && region === PRIMARY)
        .map((entry) => [writeKey(entry), entry.digest ?? ""]),
    );
    documents.set(writeKey({ store: "objects", key: "planted" }), SHA);
    const validation = compare(facts, entries, { database: databaseAfter(entries), vectors: new Map(), documents });
    expect(failed(validation).filter((name) => name.startsWith("objects"))).toEqual(["objects/count", "objects/digests"]);
  });

  test.each<[string, Partial<SeenVector>, boolean]>([
    ["another bit in an l2 collection", { embeddingDigest: SHA }, false],
    ["the drift of an import in a cosine collection", { space: "cosine", embeddingDigest: SHA, drift: 2.6e-7 }, true],
    ["more than drift in a cosine collection", { space: "cosine", drift: 1e-4 }, false],
    ["an embedding of another length", { space: "cosine", drift: Number.POSITIVE_INFINITY }, false],
  ])("%s", (_, change, passes) => {
    const validation = comparisonOf({ objects: ["a", "b", "late"], vectors: ["a", "b"], change });
    expect(failed(validation)).toEqual(passes ? [] : ["chroma/embeddings"]);
  });

  test("a key of before the disaster that was written since makes the measure void", () => {
    const ledger = [...entries, object(300, "a", { region: RECOVERY })];
    expect(failed(comparisonOf({ objects: ["a", "b", "late"], vectors: ["a", "b"] }, ledger))).toContain(
      "objects/untouched since cut-over",
    );
  });

  test("empty stores pass no check by being empty", () => {
    const validation = comparisonOf({
      objects: [],
      vectors: [],
      rows: [],
      database: { sequences: [], constraints: { constraints: 0, faults: [] } },
    });
    expect(failed(validation).filter((name) => name.startsWith("postgres"))).toEqual([
      "postgres/digests",
      "postgres/complete as of its time",
      "postgres/exact as of its time",
      "postgres/no torn transaction",
      "postgres/written since cut-over",
      "postgres/sequences do not collide",
      "postgres/constraints hold",
      "postgres/references to documents",
      "postgres/references to vectors",
    ]);
    for (const name of ["objects/digests", "chroma/digests", "chroma/embeddings", "chroma/references to documents"])
      expect(failed(validation)).toContain(name);
  });
});

describe("stores that stayed where they were", () => {
  /** The disaster came at 100, and the application had ended what it met it at by 103. */
  const here: ComparisonFacts = {
    ...facts,
    since: sentFrom(at(103)),
    asOf: { postgres: at(103), objects: at(103), chroma: at(103) },
    point: undefined,
    keeping: ["postgres", "objects", "chroma"],
  };
  const ledger = [
    object(1, "a"),
    vector(2, "a"),
    ...transaction(3, 1, "a"),
    // Sent before the disaster, answered after it.
    object(99.8, "under-way"),
    // Sent right after it: never answered.
    vector(102, "under-way", { acknowledgedAt: undefined }),
    object(200, "new"),
    vector(201, "new"),
    ...transaction(202, 2, "new"),
  ];
  const seen = (documents: readonly string[], vectors: readonly string[], rows: readonly LedgerEntry[] = ledger) =>
    compare(here, ledger, {
      database: databaseAfter(rows),
      vectors: new Map(
        ledger
          .filter(({ store, references }) => store === "chroma" && vectors.includes(references?.[0] ?? ""))
          .map((entry): [string, SeenVector] => [
            writeKey(entry),
            {
              collection: "chunks",
              id: entry.key,
              objectKey: entry.references?.[0] ?? "",
              digest: entry.digest ?? "",
              embeddingDigest: EMBEDDING,
              space: "l2",
              drift: 0,
            },
          ]),
      ),
      documents: new Map(
        ledger
          .filter(({ store, key }) => store === "objects" && documents.includes(key))
          .map((entry) => [writeKey(entry), entry.digest ?? ""]),
      ),
    });

  test("hold all that was acknowledged, and what was under way or not", () => {
    expect(failed(seen(["a", "under-way", "new"], ["a", "new"]))).toEqual([]);
    expect(failed(seen(["a", "under-way", "new"], ["a", "under-way", "new"]))).toEqual([]);
  });

  test.each<[string, Parameters<typeof seen>, readonly string[]]>([
    [
      "a write of before the disaster",
      [
        ["under-way", "new"],
        ["a", "new"],
      ],
      ["objects/complete as of its time", "objects/no acknowledged write lost"],
    ],
    [
      "a write that the disaster met and that was answered",
      [
        ["a", "new"],
        ["a", "new"],
      ],
      ["objects/no acknowledged write lost"],
    ],
    ["a write of since then", [["a", "under-way", "new"], ["a"]], ["chroma/no acknowledged write lost"]],
    [
      "a commit of since then",
      [["a", "under-way", "new"], ["a", "new"], ledger.filter(({ transaction: number }) => number !== 2)],
      ["postgres/no acknowledged write lost", "postgres/written since the disaster"],
    ],
  ])("without %s they fail", (_, [documents, vectors, rows], checks) => {
    const found = failed(seen(documents, vectors, rows)).filter((name) => !name.includes("references") && !name.endsWith("/count"));
    expect(found).toEqual(checks);
  });
});

describe("a recovered database", () => {
  const whole = { objects: ["a", "b", "late", "new"], vectors: ["a", "b", "new"] };
  const rowsWithout = (...numbers: readonly number[]) => entries.filter(({ transaction: of }) => of === undefined || !numbers.includes(of));

  test.each<[string, readonly string[], Partial<Planted>]>([
    ["a missing commit", ["postgres/complete as of its time", "postgres/exact as of its time"], { rows: rowsWithout(2) }],
    [
      "a commit that nobody sent",
      [
        "postgres/count",
        "postgres/digests",
        "postgres/exact as of its time",
        "postgres/no torn transaction",
        "postgres/references to documents",
        "postgres/references to vectors",
      ],
      { rows: [...transaction(5, 77, "planted"), ...entries] },
    ],
    [
      "a commit's row without its documents",
      ["postgres/complete as of its time", "postgres/no torn transaction"],
      { rows: entries.filter(({ collection, transaction: of }) => !(collection === "documents" && of === 2)) },
    ],
    [
      "a sequence that has stood still",
      ["postgres/sequences do not collide"],
      { database: { sequences: [{ column: "chunks.id", next: 1n, highest: 9n }] } },
    ],
    ["a row of no document", ["postgres/constraints hold"], { database: { faults: ["chunks 7 belongs to no document: 5"] } }],
    ["a server that still replays", ["postgres/recovery has ended"], { database: { inRecovery: true } }],
    [
      "a vector missing that the point promised",
      ["chroma/complete as of its time", "chroma/count of the recovery point", "postgres/references to vectors"],
      { vectors: ["a", "new"] },
    ],
  ])("with %s fails", (_, checks, planted) => {
    expect(failed(comparisonOf({ ...whole, ...planted }))).toEqual(checks);
  });

  test("that the plan gives no time to is judged exact by nothing", () => {
    const { postgres: _, ...asOf } = facts.asOf;
    const recovered = { database: databaseAfter(entries), vectors: new Map(), documents: new Map() };
    const checks = failed(compare({ ...facts, asOf }, entries, recovered));
    expect(checks).toEqual(
      expect.arrayContaining(["postgres/exact as of its time", "postgres/references to documents", "postgres/references to vectors"]),
    );
  });

  /** In the order of the writes, which is that of the database's keys. */
  const withMore = (more: readonly LedgerEntry[]) =>
    [...entries, ...more].sort((a, b) => Date.parse(a.attemptedAt) - Date.parse(b.attemptedAt));

  test("a commit of after the restored time is extra, though the ledger has it", () => {
    const ledger = withMore(transaction(90, 5, "b"));
    expect(failed(comparisonOf(whole, ledger))).toEqual(["postgres/exact as of its time"]);
    const restored = comparisonOf({ ...whole, rows: entries }, ledger);
    expect(failed(restored)).toEqual([]);
    expect(restored.stores.postgres).toMatchObject({ lostWrites: 2, lossSeconds: 9.5, met: true });
  });

  test("a restored time that lies before the objective is a missed one", () => {
    const ledger = withMore(transaction(70, 5, "b"));
    const validation = comparisonOf({ ...whole, rows: entries }, ledger);
    expect(validation.stores.postgres).toMatchObject({ lossSeconds: 29.5, rpoObjectiveSeconds: 20, met: false });
  });
});
