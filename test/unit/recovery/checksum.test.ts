import { createHash } from "node:crypto";
import fc from "fast-check";
import { base64OfHex, SetDigest, sha256Hex } from "../../../recovery/checksum";

const records = fc.array(fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array()), { minLength: 1, maxLength: 4 }), {
  maxLength: 20,
});

const digestOf = (all: readonly (readonly (string | Uint8Array)[])[]): string => {
  const digest = new SetDigest();
  for (const fields of all) digest.add(...fields);
  return digest.hex();
};

describe("SHA-256", () => {
  test("of the empty string is the published one", () => {
    expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  test("in base64 is the same digest", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        expect(base64OfHex(sha256Hex(data))).toBe(createHash("sha256").update(data).digest("base64"));
      }),
    );
  });
});

describe("SetDigest", () => {
  test("does not depend on the order of the records", () => {
    fc.assert(
      fc.property(
        records.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(digestOf(shuffled)).toBe(digestOf(all));
        },
      ),
    );
  });

  test("changes when a record is added, lost, repeated or changed", () => {
    fc.assert(
      fc.property(records, fc.array(fc.string(), { minLength: 1, maxLength: 3 }), (all, one) => {
        const digest = digestOf([...all, one]);
        expect(digestOf(all)).not.toBe(digest);
        expect(digestOf([...all, one, one])).not.toBe(digest);
        expect(digestOf([...all, [...one, ""]])).not.toBe(digest);
        expect(digestOf([...all, [`${one[0]}x`, ...one.slice(1)]])).not.toBe(digest);
      }),
    );
  });

  test("is the sum of the records' SHA-256 modulo 2^256, whatever their size", () => {
    const large = fc.tuple(fc.integer({ min: 4000, max: 9000 }), fc.nat(255)).map(([size, byte]) => new Uint8Array(size).fill(byte));
    fc.assert(
      fc.property(fc.array(fc.array(fc.oneof(fc.string({ unit: "binary" }), large), { maxLength: 3 }), { maxLength: 20 }), (all) => {
        const sum = all.reduce((total, fields) => {
          const hash = createHash("sha256");
          for (const field of fields) hash.update(`${Buffer.byteLength(field)}:`).update(field);
          return (total + BigInt(`0x${hash.digest("hex")}`)) % (1n << 256n);
        }, 0n);

        expect(digestOf(all)).toBe(`${all.length}-${sum.toString(16).padStart(64, "0")}`);
      }),
    );
  });

  test("tells fields apart: what stands between two fields is not part of either", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (a, b, c) => {
        expect(digestOf([[a + b, c]])).not.toBe(digestOf([[a, b + c]]));
      }),
    );
  });

  test("counts, and keeps its form", () => {
    fc.assert(
      fc.property(records, (all) => {
        const digest = digestOf(all);
        expect(digest).toMatch(/^\d+-[0-9a-f]{64}$/);
        expect(digest.startsWith(`${all.length}-`)).toBe(true);
      }),
    );
  });
});
