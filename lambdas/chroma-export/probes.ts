/** Records of a collection whose vectors the source's index is asked with, and how many neighbours it is asked for. */
export const PROBES = 8;
export const NEIGHBOURS = 10;

/**
 * The records to ask with: those whose ids have the smallest hashes. Spread over the collection, the same in each export of the same records, and
 * found in constant memory.
 */
export class ProbeSample {
  private readonly smallest: { readonly id: string; readonly hash: number }[] = [];

  add(ids: readonly string[]): void {
    for (const id of ids) {
      const hash = fnv1a(id);
      if (this.smallest.length >= PROBES && hash >= (this.smallest.at(-1)?.hash ?? 0)) continue;
      this.smallest.push({ id, hash });
      this.smallest.sort((a, b) => a.hash - b.hash || (a.id < b.id ? -1 : 1));
      if (this.smallest.length > PROBES) this.smallest.pop();
    }
  }

  ids(): string[] {
    return this.smallest.map(({ id }) => id);
  }
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ (32 bits, over UTF-16 units) */
const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
};
