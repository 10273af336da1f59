import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { zip } from "../../../../../local/plugins/aws/lambda/zip";
import { unzip } from "../../../../../local/plugins/protocol/unzip";

const files = (entries: readonly (readonly [string, string])[]) => new Map(entries.map(([path, content]) => [path, Buffer.from(content)]));

describe("a function's archive", () => {
  test("the same files give the same bytes, in whatever order they come", () => {
    const one = zip(
      files([
        ["index.js", "exports.handler = () => 1"],
        ["lib/a.js", "a"],
        ["lib/b.js", "b"],
      ]),
    );
    const other = zip(
      files([
        ["lib/b.js", "b"],
        ["index.js", "exports.handler = () => 1"],
        ["lib/a.js", "a"],
      ]),
    );

    expect(one.equals(other)).toBe(true);
  });

  test("another content or path gives other bytes", () => {
    const base = zip(files([["index.js", "one"]]));

    expect(base.equals(zip(files([["index.js", "two"]])))).toBe(false);
    expect(base.equals(zip(files([["main.js", "one"]])))).toBe(false);
  });

  test("what was packed is what is unpacked", () => {
    const path = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}\.js$/);
    fc.assert(
      fc.property(fc.dictionary(path, fc.uint8Array({ maxLength: 2_000 }), { maxKeys: 8 }), (content) => {
        const packed = zip(new Map(Object.entries(content)));

        const unpacked = Object.fromEntries([...unzip(packed)].map(([name, bytes]) => [name, [...bytes]]));

        expect(unpacked).toEqual(Object.fromEntries(Object.entries(content).map(([name, bytes]) => [name, [...bytes]])));
      }),
      { numRuns: 50 },
    );
  });

  test("Python, which unpacks functions in the emulator, reads it and may execute its files", () => {
    const folder = mkdtempSync(join(tmpdir(), "lifeboat-zip-"));
    const archive = join(folder, "code.zip");
    writeFileSync(
      archive,
      zip(
        files([
          ["index.js", "exports.handler = () => 1"],
          ["lib/ünïcode.js", "a".repeat(100_000)],
        ]),
      ),
    );

    const tested = execFileSync("python3", [
      "-c",
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip()); z.extractall(sys.argv[2])",
      archive,
      folder,
    ]);

    expect(tested.toString().trim()).toBe("None");
    expect(readFileSync(join(folder, "lib/ünïcode.js"), "utf8")).toHaveLength(100_000);
    expect(statSync(archive).size).toBeLessThan(2_000);
    rmSync(folder, { recursive: true });
  });
});
