import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { DATA_KEY_BYTES, IV_BYTES, openRecord, recordsOf, sealRecord } from "../../../../recovery/configuration/envelope";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const place = fc.record({ pointId: fc.string(), kind: fc.constantFrom("secrets", "parameters"), name: fc.string() });

describe("a sealed record", () => {
  it("opens to what was sealed, through its line of a part", () => {
    fc.assert(
      fc.property(bytes(DATA_KEY_BYTES), bytes(IV_BYTES), place, fc.string({ unit: "grapheme" }), (key, iv, at, content) => {
        const [line] = recordsOf(Buffer.from(`${JSON.stringify(sealRecord(key, at, iv, content))}\n`));

        expect(line === undefined ? undefined : openRecord(key, at, line)).toBe(content);
      }),
    );
  });

  it("opens in no other place, under no other key, and not when a byte of it changed", () => {
    fc.assert(
      fc.property(
        bytes(DATA_KEY_BYTES),
        bytes(IV_BYTES),
        place,
        place,
        fc.string({ minLength: 1 }),
        fc.nat(),
        (key, iv, at, other, content, n) => {
          fc.pre(JSON.stringify(at) !== JSON.stringify(other));
          const sealed = sealRecord(key, at, iv, content);
          const ciphertext = Buffer.from(sealed.ciphertext, "base64");
          ciphertext[n % ciphertext.length] = (ciphertext[n % ciphertext.length] ?? 0) ^ 1;
          const otherKey = createHash("sha256").update(key).digest();

          expect(() => openRecord(key, other, sealed)).toThrow("does not open");
          expect(() => openRecord(otherKey, at, sealed)).toThrow("does not open");
          expect(() => openRecord(key, at, { ...sealed, ciphertext: ciphertext.toString("base64") })).toThrow("does not open");
          expect(() => openRecord(key, at, { ...sealed, tag: sealed.tag.slice(0, 8) })).toThrow("does not open");
        },
      ),
    );
  });
});
