import type { SeenDatabase } from "../../../../ops/drill/recovered-postgres";
import type { SeenDocument } from "../../../../ops/drill/recovered-postgres-rows";
import type { LedgerEntry } from "../../../../recovery/evidence/ledger";
import { at, deletion, write } from "../../recovery/evidence/writes";

/** A transaction of one document, as the ledger has it: sent at that second and answered half a second later. */
export const transaction = (second: number, number: number, key: string, changes: Partial<LedgerEntry> = {}): readonly LedgerEntry[] => {
  const part = { store: "postgres", transaction: number, ...changes, sequence: number } as const;
  const document = { ...part, collection: "documents", key };
  return [
    changes.operation === "delete" ? deletion(second, document) : write(second, { references: [key], ...document }),
    write(second, { ...part, operation: "put", collection: "commits", key: String(number) }),
  ];
};

/** The database that did exactly these writes. */
export const databaseAfter = (entries: readonly LedgerEntry[], changes: Partial<SeenDatabase> = {}): SeenDatabase => {
  const documents = new Map<string, SeenDocument>();
  const commits = new Map<number, string>();
  let lastId = 0n;
  for (const { store, collection, key, digest = "", operation, transaction: number = 0 } of entries) {
    if (store !== "postgres") continue;
    if (collection === "commits") commits.set(number, digest);
    else if (operation === "delete") documents.delete(key);
    else {
      lastId += 1n;
      documents.set(
        key,
        seenDocument(key, { digest, commits: [number], identifiers: new Map([["documents", { lowest: lastId, highest: lastId }]]) }),
      );
    }
  }
  return {
    readAt: at(1000),
    serverVersion: "15.18",
    inRecovery: false,
    documents,
    commits,
    faults: [],
    sequences: [{ column: "documents.id", next: lastId + 1n, highest: lastId === 0n ? undefined : lastId }],
    constraints: { constraints: 25, faults: [] },
    ...changes,
  };
};

const seenDocument = (key: string, seen: Omit<SeenDocument, "references">): SeenDocument => ({
  ...seen,
  references: [
    { store: "objects", key },
    { store: "chroma", collection: "chunks", key: `${key}#0` },
  ],
});
