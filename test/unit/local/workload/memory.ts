import type { Attempt, Ledger } from "../../../../local/workload/ledger";
import type { Connect } from "../../../../local/workload/target";
import type { DocumentRows, Transaction } from "../../../../local/workload/transaction";
import type { LiveEndpoints } from "../../../../recovery/catalogue/standing";
import { type LedgerEntry, writeKey } from "../../../../recovery/evidence/ledger";

export class MemoryLedger implements Ledger {
  readonly entries: LedgerEntry[] = [];
  isBroken = false;

  async attempt(writes: readonly Attempt[]): Promise<readonly number[]> {
    if (this.isBroken) throw new Error("no space left on device");
    return writes.map((write) => {
      const sequence = this.entries.length;
      this.entries.push({ sequence, ...write });
      return sequence;
    });
  }

  async acknowledge(sequences: readonly number[], at: Date): Promise<void> {
    for (const sequence of sequences) {
      const entry = this.entries[sequence];
      if (entry !== undefined) this.entries[sequence] = { ...entry, acknowledgedAt: at.toISOString() };
    }
  }

  async close(): Promise<void> {}
}

export const endpointsIn = (region: string): LiveEndpoints => ({
  schema: "lifeboat/live/1",
  system: "shop",
  region,
  documentsBucket: `documents-${region}`,
  chromaUrl: `http://chroma.${region}`,
  postgres: {
    host: `postgres.${region}`,
    port: 5432,
    database: "shop",
    secretArn: `arn:aws:secretsmanager:${region}:000000000000:secret:shop`,
  },
});

/** Stores in memory: what they hold by `writeKey`, the order of calls, and calls that fail on demand. */
export class MemoryStores {
  readonly keys = new Set<string>();
  /** By the document's key. */
  readonly rows = new Map<string, DocumentRows>();
  readonly calls: string[] = [];
  /** A call whose text contains it fails; `applies` makes it fail after it was carried out, as a lost answer does. */
  failing?: { readonly call: string; readonly applies: boolean };

  readonly connect: Connect = (live) => {
    const { region } = live;
    const act = async (call: string, apply: () => void): Promise<void> => {
      this.calls.push(`${region} ${call}`);
      const fails = this.failing !== undefined && `${region} ${call}`.includes(this.failing.call);
      if (!fails || this.failing?.applies) apply();
      if (fails) throw new Error(`no answer to ${call}`);
    };
    const object = (key: string): string => writeKey({ store: "objects", key });
    const vector = (collection: string, key: string): string => writeKey({ store: "chroma", collection, key });
    return {
      live,
      putObject: (key) => act(`put ${key}`, () => this.keys.add(object(key))),
      deleteObject: (key) => act(`delete ${key}`, () => this.keys.delete(object(key))),
      chroma: {
        ensureCollection: (name) => act(`ensure ${name}`, () => undefined),
        upsert: (name, records) =>
          act(`upsert ${name} ${records[0]?.id}`, () => records.forEach(({ id }) => void this.keys.add(vector(name, id)))),
        delete: (name, ids) => act(`remove ${name} ${ids[0]}`, () => ids.forEach((id) => void this.keys.delete(vector(name, id)))),
      },
      database: {
        createSchema: () => act("create schema", () => undefined),
        commit: (transaction) =>
          act(`commit ${transaction.puts[0]?.key ?? `deletion of ${transaction.deletes[0]}`}`, () => this.commit(transaction)),
        close: () => undefined,
      },
      close: () => undefined,
    };
  };

  private commit({ number, puts, deletes }: Transaction): void {
    for (const put of puts) this.rows.set(put.key, put);
    for (const key of deletes) this.rows.delete(key);
    for (const { key } of puts) this.keys.add(writeKey({ store: "postgres", collection: "documents", key }));
    for (const key of deletes) this.keys.delete(writeKey({ store: "postgres", collection: "documents", key }));
    this.keys.add(writeKey({ store: "postgres", collection: "commits", key: String(number) }));
  }
}
