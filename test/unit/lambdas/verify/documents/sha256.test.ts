import { createHash } from "node:crypto";
import fc from "fast-check";
import { BLOCK_BYTES, ResumableSha256 } from "../../../../../lambdas/verify/documents/sha256";

test("says what Node's own says, wherever it was kept and gone on with", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000 }), fc.nat(16), (bytes, cut) => {
      const whole = Math.floor(bytes.length / BLOCK_BYTES) * BLOCK_BYTES;
      const at = Math.min(cut * BLOCK_BYTES, whole);
      const first = new ResumableSha256();
      first.update(bytes.subarray(0, at));
      const second = new ResumableSha256(first.keep());
      second.update(bytes.subarray(at, whole));

      expect(second.digest(bytes.subarray(whole), bytes.length)).toBe(createHash("sha256").update(bytes).digest("base64"));
    }),
  );
});
