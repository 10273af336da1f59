/** An object as a listing or an inventory shows it. `lastModified` is of whole seconds. */
export interface Entry {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}

/** Where copies of the documents are: the live-ready replica, and the locked copies. */
export const COPIES = ["replica", "locked"] as const;
export type Copy = (typeof COPIES)[number];
export type Place = "source" | Copy;

const SURROGATE = /[\uD800-\uDFFF]/;

/** S3 lists in the order of UTF-8 bytes, JavaScript compares UTF-16 units: they differ beyond the basic plane only. */
export const byKey = (a: string, b: string): number => {
  if (a === b) return 0;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
};
