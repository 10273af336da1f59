import fc from "fast-check";
import { SetDigest } from "../../../../recovery/checksum";
import { joinDigests } from "../../../../recovery/chroma/digests";

const digestOf = (records: readonly string[]): string => {
  const digest = new SetDigest();
  for (const record of records) digest.add(record);
  return digest.hex();
};

test("the digest of a set is that of its parts, however it is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string())), (parts) => {
      expect(joinDigests(parts.map(digestOf))).toBe(digestOf(parts.flat()));
    }),
  );
});
