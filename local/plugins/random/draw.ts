/** Where randomness comes from. */
export type RandomBytes = (sizeBytes: number) => Uint8Array;

/** A whole number from 0 to below `limit` (at most 65,536), each equally likely: what would favour the low ones is drawn again. */
export function draw(random: RandomBytes, limit: number): number {
  const fair = 65_536 - (65_536 % limit);
  for (;;) {
    const [high = 0, low = 0] = random(2);
    const value = high * 256 + low;
    if (value < fair) return value % limit;
  }
}

export const pick = (random: RandomBytes, characters: string): string => characters.charAt(draw(random, characters.length));

/** Fisher-Yates. */
export function shuffled<T>(random: RandomBytes, items: readonly T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = draw(random, last + 1);
    const [a, b] = [result[last], result[other]];
    if (a !== undefined && b !== undefined) [result[last], result[other]] = [b, a];
  }
  return result;
}
