export const DIMENSIONS = 384;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, 32 bit. https://datatracker.ietf.org/doc/html/draft-eastlake-fnv */
const fnv1a = (text: string): number => {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash >>> 0;
};

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * A deterministic local embedding: words and pairs of words, hashed to signed dimensions and normalised (feature hashing). It needs no model,
 * and the same text has the same vector everywhere, so that a recovered vector can be compared with its recovered document.
 */
export const embed = (text: string): Float32Array => {
  const vector = new Float32Array(DIMENSIONS);
  const words = wordsOf(text);
  words.forEach((word, index) => {
    addFeature(vector, word, 1);
    const next = words[index + 1];
    if (next !== undefined) addFeature(vector, `${word} ${next}`, 0.5);
  });
  const length = Math.hypot(...vector);
  // Cosine distance is undefined for the zero vector.
  if (length === 0) vector[0] = 1;
  return length === 0 ? vector : vector.map((value) => value / length);
};

const addFeature = (vector: Float32Array, feature: string, weight: number): void => {
  const hash = fnv1a(feature);
  const dimension = hash % DIMENSIONS;
  // A bit that the dimension does not depend on decides the sign, so that collisions cancel out instead of adding up.
  const sign = fnv1a(`${feature}\u0001`) & 1 ? 1 : -1;
  vector[dimension] = (vector[dimension] ?? 0) + sign * weight;
};
