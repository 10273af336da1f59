import type { Attempt, Ledger } from "../../../../local/workload/ledger";
import type { Connect } from "../../../../local/workload/target";
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
});

/** Stores in memory: what they hold by `writeKey`, the order of calls, and calls that fail on demand. */
export class MemoryStores {
  readonly keys = new Set<string>();
  readonly calls: string[] = [];
  /** A call whose text contains it fails; `applies` makes it fail after it was carried out, as a lost answer does. */
  failing?: { readonly call: string; readonly applies: boolean };

  readonly connect: Connect = ({ region }) => {
    const act = async (call: string, apply: () => void): Promise<void> => {
      this.calls.push(`${region} ${call}`);
      const fails = this.failing !== undefined && `${region} ${call}`.includes(this.failing.call);
      if (!fails || this.failing?.applies) apply();
      if (fails) throw new Error(`no answer to ${call}`);
    };
    const object = (key: string): string => writeKey({ store: "objects", key });
    const vector = (collection: string, key: string): string => writeKey({ store: "chroma", collection, key });
    return {
      live: endpointsIn(region),
      putObject: (key) => act(`put ${key}`, () => this.keys.add(object(key))),
      deleteObject: (key) => act(`delete ${key}`, () => this.keys.delete(object(key))),
      chroma: {
        ensureCollection: (name) => act(`ensure ${name}`, () => undefined),
        upsert: (name, records) =>
          act(`upsert ${name} ${records[0]?.id}`, () => records.forEach(({ id }) => void this.keys.add(vector(name, id)))),
        delete: (name, ids) => act(`remove ${name} ${ids[0]}`, () => ids.forEach((id) => void this.keys.delete(vector(name, id)))),
      },
      close: () => undefined,
    };
  };
}
