const MODULUS = 1n << 256n;

/** The digest of a set from those of its disjoint parts, as SetDigest.hex() writes them. */
export const joinDigests = (digests: readonly string[]): string => {
  let count = 0;
  let sum = 0n;
  for (const digest of digests) {
    const [records = "0", hex = "0"] = digest.split("-");
    count += Number(records);
    sum = (sum + BigInt(`0x${hex}`)) % MODULUS;
  }
  return `${count}-${sum.toString(16).padStart(64, "0")}`;
};
