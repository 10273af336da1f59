import { createHash } from "node:crypto";
import type { ObjectStore } from "../shared/objects";

/** The keys that a bucket holds. */
export interface HeldKeys {
  has(key: string): boolean;
  readonly count: number;
}

/**
 * Lists a bucket once: one request a thousand objects, where asking for each key would take one request each.
 * Keeps 48 bits of each key's SHA-256, some 40 bytes an object; of a million objects the chance that a missing one looks
 * held is 4 in a billion.
 */
export const heldKeys = async (bucket: ObjectStore, onPage: () => void): Promise<HeldKeys> => {
  const fingerprints = new Set<number>();
  let count = 0;
  for await (const page of bucket.list("")) {
    onPage();
    for (const { key } of page) fingerprints.add(fingerprint(key));
    count += page.length;
  }
  return { count, has: (key) => fingerprints.has(fingerprint(key)) };
};

const fingerprint = (key: string): number => createHash("sha256").update(key).digest().readUIntBE(0, 6);
