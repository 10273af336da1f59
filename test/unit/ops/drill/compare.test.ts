import { type ComparisonFacts, compare, type Validation } from "../../../../ops/drill/compare";
import type { SeenVector } from "../../../../ops/drill/recovered-vectors";
import { type LedgerEntry, writeKey } from "../../../../recovery/evidence/ledger";
import { at, deletion, PRIMARY, RECOVERY, write } from "../../recovery/evidence/writes";

const SHA = "0".repeat(64);
const EMBEDDING = "e".repeat(64);

const facts: ComparisonFacts = {
  disasterAt: at(100),
  primaryRegion: PRIMARY,
  rpoObjectiveSeconds: { objects: 120, chroma: 30 },
  plan: {
    schema: "lifeboat/recovery-plan/1",
    system: "shop",
    recoveryId: "r",
    mode: "failover",
    strategy: "latest",
    resolvedAt: at(110).toISOString(),
    stores: {
      chroma: {
        pointId: "chroma-1",
        entryKey: "k",
        entrySha256: SHA,
        manifestKey: "m",
        manifestVersionId: "1",
        manifestSha256: SHA,
        asOf: at(50).toISOString(),
        windowFinishedAt: at(55).toISOString(),
        records: 2,
        passedOver: [],
      },
      objects: { bucket: "recovered", asOf: at(90).toISOString() },
    },
    skewSeconds: 40,
  },
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

/** Two documents of before either time, one of after the vectors' time, one of after the cut-over. */
const entries = [
  object(1, "a"),
  vector(2, "a"),
  object(3, "b"),
  vector(4, "b"),
  object(80, "late"),
  vector(81, "late"),
  object(200, "new", { region: RECOVERY }),
  vector(201, "new", { region: RECOVERY }),
];

interface Recovered {
  readonly objects: readonly string[];
  readonly vectors: readonly string[];
  readonly change?: Partial<SeenVector>;
}

const comparisonOf = ({ objects, vectors, change }: Recovered, ledger: readonly LedgerEntry[] = entries): Validation => {
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
  return compare(facts, ledger, new Map(seen), new Map(kept.map((entry) => [writeKey(entry), entry.digest ?? ""])));
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
  });

  test("a loss beyond the objective is not met", () => {
    const validation = comparisonOf({ objects: ["a", "b", "late"], vectors: ["a"] });
    expect(validation.stores.chroma).toMatchObject({ lossSeconds: 95.5, met: false });
  });

  test("a record missing that the point promised fails", () => {
    expect(failed(comparisonOf({ objects: ["a", "b", "late"], vectors: ["a"] }))).toEqual([
      "chroma/count of the recovery point",
      "chroma/complete as of its time",
    ]);
  });

  test("an object missing that the plan promised fails, and so does the vector that points to it", () => {
    const validation = comparisonOf({ objects: ["a", "late"], vectors: ["a", "b"] });
    expect(failed(validation)).toEqual(["objects/complete as of its time", "chroma/references to documents"]);
    expect(validation.brokenReferences).toMatchObject([{ objectKey: "b", insideSkew: false }]);
  });

  test("an object deleted between the stores' times breaks a reference inside the skew: listed as loss", () => {
    const ledger = [
      ...entries.slice(0, 4),
      deletion(70, { store: "chroma", collection: "chunks", key: "b#0" }),
      deletion(71, { key: "b" }),
    ];
    const validation = comparisonOf({ objects: ["a"], vectors: ["a", "b"] }, ledger);
    expect(failed(validation)).toEqual([]);
    expect(validation.brokenReferences).toMatchObject([{ objectKey: "b", insideSkew: true }]);
    expect(validation.checks.find(({ name }) => name === "references to documents")?.actual).toContain(
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
    const validation = compare(facts, entries, new Map(), documents.set(writeKey({ store: "objects", key: "planted" }), SHA));
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
    const validation = comparisonOf({ objects: [], vectors: [] });
    for (const name of ["objects/digests", "chroma/digests", "chroma/embeddings", "chroma/references to documents"])
      expect(failed(validation)).toContain(name);
  });
});
