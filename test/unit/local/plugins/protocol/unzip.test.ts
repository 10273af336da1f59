import { execFileSync } from "node:child_process";
import { unzip } from "../../../../../local/plugins/protocol/unzip";

/** Archives come from another implementation of the format. */
const script = `
import io, sys, zipfile
out = io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("index.js", "exports" * 500)
    z.writestr(zipfile.ZipInfo("lib/"), "")
    z.writestr("lib/ü.txt", "stored", compress_type=zipfile.ZIP_STORED)
    z.comment = b"a comment after the end record"
sys.stdout.buffer.write(out.getvalue())
`;

test("files come out as they went in", () => {
  const files = unzip(execFileSync("python3", ["-c", script]));
  const texts = [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
  expect(texts).toEqual([
    ["index.js", "exports".repeat(500)],
    ["lib/ü.txt", "stored"],
  ]);
});

test("what is no archive is refused", () => {
  expect(() => unzip(Buffer.from("not a zip archive, whatever its name says"))).toThrow(/no end of central directory/);
});
