import { sha256Hex } from "../../recovery/checksum";
import { embeddingDigest, recordDigest } from "../../recovery/evidence/digest";
import type { LedgerStore } from "../../recovery/evidence/ledger";
import type { Acknowledgement } from "./acknowledgements";
import type { ChromaWrite } from "./chroma";
import type { DocumentVersion } from "./document";
import type { Attempt, Ledger } from "./ledger";
import { type Transaction, type TransactionFacts, transactionOf } from "./transaction";

/** What a write says of itself apart from when and where it is sent. */
export type Write = Omit<Attempt, "attemptedAt" | "region" | "load">;

export interface StoreCounts {
  readonly attempted: number;
  readonly acknowledged: number;
}

/** Sends writes between their note of attempt and their note of acknowledgement, and counts them. */
export class Recorder {
  private readonly counts = new Map<LedgerStore, { attempted: number; acknowledged: number }>();
  private transactions = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: () => Date,
    private readonly onAcknowledged: (store: LedgerStore, answer: Acknowledgement) => void = () => undefined,
  ) {}

  /** One request that carries these writes of one store. What it throws leaves them unacknowledged: they may or may not exist. */
  async send(writes: readonly Write[], region: string, load: boolean, request: () => Promise<void>): Promise<void> {
    const [first] = writes;
    if (first === undefined) return;
    const attemptedAt = this.clock();
    const sequences = await this.noted(
      this.ledger.attempt(writes.map((write) => ({ ...write, attemptedAt: attemptedAt.toISOString(), region, load }))),
    );
    this.countsOf(first.store).attempted += writes.length;
    await request();
    const acknowledgedAt = this.clock();
    await this.noted(this.ledger.acknowledge(sequences, acknowledgedAt));
    this.countsOf(first.store).acknowledged += writes.length;
    this.onAcknowledged(first.store, { attemptedAt, acknowledgedAt, region });
  }

  /** A transaction with a number of its own, so that whatever a database holds can be told by it. A number whose write failed is not used again. */
  transaction(facts: Omit<TransactionFacts, "number" | "sentAt">): Transaction {
    this.transactions += 1;
    return transactionOf({ ...facts, number: this.transactions, sentAt: this.clock() });
  }

  of(store: LedgerStore): StoreCounts {
    return { ...this.countsOf(store) };
  }

  private countsOf(store: LedgerStore): { attempted: number; acknowledged: number } {
    const counts = this.counts.get(store) ?? { attempted: 0, acknowledged: 0 };
    this.counts.set(store, counts);
    return counts;
  }

  private async noted<T>(note: Promise<T>): Promise<T> {
    try {
      return await note;
    } catch (cause) {
      throw new LedgerFailure(cause);
    }
  }
}

/** The ledger cannot be written: unlike a store's failure, this ends the workload, because nothing can be measured any more. */
export class LedgerFailure extends Error {
  constructor(cause: unknown) {
    super("The ledger could not be written: no loss can be measured from here on", { cause });
    this.name = "LedgerFailure";
  }
}

export const objectPut = ({ key, body }: DocumentVersion): Write => ({ store: "objects", operation: "put", key, digest: sha256Hex(body) });
export const objectDelete = (key: string): Write => ({ store: "objects", operation: "delete", key });

export const vectorPut = (collection: string, objectKey: string, record: ChromaWrite): Write => ({
  store: "chroma",
  operation: "put",
  key: record.id,
  collection,
  digest: recordDigest({ id: record.id, document: record.document, metadata: record.metadataJson }),
  embeddingDigest: embeddingDigest(record.embedding),
  references: [objectKey],
});
export const vectorDelete = (collection: string, key: string): Write => ({ store: "chroma", operation: "delete", key, collection });

/** The documents that a transaction changes, and its row of `commits`: either can be missed alone in a database that was put together wrongly. */
export const transactionWrites = ({ number, commitDigest, puts, deletes }: Transaction): readonly Write[] => {
  const part = { store: "postgres", transaction: number } as const;
  return [
    ...puts.map(
      ({ key, digest, chunks, references }): Write => ({
        ...part,
        operation: "put",
        collection: "documents",
        key,
        digest,
        references: [...references.map(({ columns }) => columns.key), ...chunks.map(({ columns }) => columns.vector_id)].flatMap(
          (to) => to ?? [],
        ),
      }),
    ),
    ...deletes.map((key): Write => ({ ...part, operation: "delete", collection: "documents", key })),
    { ...part, operation: "put", collection: "commits", key: String(number), digest: commitDigest },
  ];
};
