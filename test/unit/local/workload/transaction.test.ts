import { documentVersion } from "../../../../local/workload/document";
import { Recorder, transactionWrites } from "../../../../local/workload/recorder";
import { TABLES } from "../../../../local/workload/schema";
import { type TransactionFacts, transactionOf } from "../../../../local/workload/transaction";
import { MemoryLedger } from "./memory";

const writtenAt = new Date("2026-01-01T00:00:00.120Z");
const version = documentVersion({ key: "documents/a.md", text: `Title\n\n${"word ".repeat(300)}`, revision: 2, writtenAt });
const facts: TransactionFacts = { number: 7, kind: "put", sentAt: writtenAt, versions: [version] };
const rowsOf = (changes: Partial<TransactionFacts> = {}) => {
  const [put] = transactionOf({ ...facts, ...changes }).puts;
  if (put === undefined) throw new Error("no rows");
  return put;
};

describe("transactionOf", () => {
  test("every row names its transaction, and has the columns of its table", () => {
    const { document, chunks, references } = rowsOf();
    expect(chunks).toHaveLength(version.chunks.length);
    for (const { table, columns } of [document, ...chunks, ...references]) {
      expect(columns.commit_number).toBe("7");
      const written = Object.keys(Object.entries(TABLES).find(([name]) => name === table)?.[1] ?? {});
      expect(Object.keys(columns).sort()).toEqual(written.filter((name) => name !== "document_id").sort());
    }
  });

  test("has the values that a careless path changes", () => {
    const { columns } = rowsOf().document;
    expect(columns.metadata).toMatch(/"large":\d{18,19},/);
    expect(columns.metadata).toContain('"whole":1.0');
    expect(columns.metadata).toContain('"tenths":0.10');
    expect(columns.metadata).toContain("😀");
    expect(columns.weight).toMatch(/^\d{18,19}\.0021230$/);
    expect(columns.written_at).toBe("2026-01-01T00:00:00.120000Z");
  });

  test("points to the object, and to each vector", () => {
    const { chunks, references } = rowsOf();
    expect(chunks.map(({ columns }) => columns.vector_id)).toEqual(version.chunks.map(({ id }) => id));
    expect(references.map(({ columns }) => [columns.store, columns.collection, columns.key])).toEqual([
      ["objects", null, "documents/a.md"],
      ["chroma", "summaries", "documents/a.md"],
    ]);
  });

  test("a document's digest is that of one transaction: the same content in another one has another", () => {
    expect(rowsOf().digest).toBe(rowsOf().digest);
    expect(rowsOf({ number: 8 }).digest).not.toBe(rowsOf().digest);
    const changed = { ...version, chunks: version.chunks.slice(1) };
    expect(rowsOf({ versions: [changed] }).digest).not.toBe(rowsOf().digest);
  });

  test("a commit names its document, but for a load of many", () => {
    const keyOf = (changes: Partial<TransactionFacts>) => transactionOf({ ...facts, ...changes }).commit.columns.document_key;
    expect(keyOf({})).toBe("documents/a.md");
    expect(keyOf({ kind: "delete", versions: [], deletes: ["b"] })).toBe("b");
    expect(keyOf({ kind: "load" })).toBeNull();
  });

  test("a commit's digest shows what it writes", () => {
    const digests = [facts, { ...facts, number: 8 }, { ...facts, kind: "delete" as const, versions: [], deletes: [version.key] }].map(
      (each) => transactionOf(each).commitDigest,
    );
    expect(new Set(digests).size).toBe(3);
  });
});

describe("the ledger's entries of a transaction", () => {
  test("are one for each document and one for the commit, tied together", () => {
    const other = documentVersion({ key: "b", text: "b", revision: 0, writtenAt });
    const writes = transactionWrites(transactionOf({ ...facts, kind: "load", versions: [version, other], deletes: ["c"] }));
    expect(writes.map(({ collection, key, operation }) => [collection, key, operation])).toEqual([
      ["documents", "documents/a.md", "put"],
      ["documents", "b", "put"],
      ["documents", "c", "delete"],
      ["commits", "7", "put"],
    ]);
    expect(new Set(writes.map(({ transaction, store }) => `${store} ${transaction}`))).toEqual(new Set(["postgres 7"]));
    expect(writes[1]?.references).toEqual(["b", "b", "b#0"]);
  });

  test("a number is never used twice, also when its write failed", async () => {
    const recorder = new Recorder(new MemoryLedger(), () => writtenAt);
    const first = recorder.transaction({ kind: "put", versions: [version] });
    await expect(
      recorder.send(transactionWrites(first), "us-east-1", false, () => Promise.reject(new Error("no answer"))),
    ).rejects.toThrow();
    expect(recorder.transaction({ kind: "put", versions: [version] }).number).toBe(first.number + 1);
  });
});
