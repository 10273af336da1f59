import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { zstdDecompressSync } from "node:zlib";
import { readArguments } from "../../../../local/toolchain/zstd/arguments";
import { compressed } from "../../../../local/toolchain/zstd/compress";

describe("what a call of the stand-in for zstd asks for", () => {
  test.each([
    [[], { mode: "compress", level: 3 }],
    [["-3", "-q", "-T0", "-c"], { mode: "compress", level: 3 }],
    [["-d", "-c", "a.zst"], { mode: "decompress", level: 3, input: "a.zst" }],
    [["-19", "a", "-o", "b"], { mode: "compress", level: 19, input: "a", output: "b" }],
    [["-t", "a.zst"], { mode: "test", level: 3, input: "a.zst" }],
    [["-dc", "-"], "-dc is not an option of this stand-in"],
    [["--long=27"], "--long=27 is not an option of this stand-in"],
    [["a"], "names no output file by itself"],
    [["a", "b", "-c"], "takes one file"],
    [["-o"], "-o needs a file"],
  ])("%j", (args, expected) => {
    const act = () => readArguments(args);
    if (typeof expected === "string") expect(act).toThrow(expected);
    else expect(act()).toEqual(expected);
  });
});

describe("what it makes", () => {
  const content = Buffer.from("row\n".repeat(100_000));
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lifeboat-zstd-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const through = async (args: readonly string[], input: Buffer): Promise<Buffer> => {
    const output = new PassThrough();
    const [read] = await Promise.all([buffer(output), compressed(readArguments(args), Readable.from([input]), output)]);
    return read;
  };

  test("is one frame with a checksum, that others read", async () => {
    const frame = await through(["-3"], content);

    expect(zstdDecompressSync(frame).equals(content)).toBe(true);
    // https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1.1.1: the descriptor's third bit.
    expect((frame[4] ?? 0) & 0b100).toBe(0b100);
    expect((await through(["-d"], frame)).equals(content)).toBe(true);
  });

  test("comes from a file and goes into one", async () => {
    const [from, to] = [join(root, "a"), join(root, "a.zst")];
    writeFileSync(from, content);

    await compressed(readArguments([from, "-o", to]), Readable.from([]), new PassThrough());

    expect(zstdDecompressSync(readFileSync(to)).equals(content)).toBe(true);
  });

  test("a frame that was cut or changed is refused", async () => {
    const frame = await through(["-3"], content);
    const changed = Buffer.from(frame);
    changed[frame.length - 1] = (changed[frame.length - 1] ?? 0) ^ 1;

    await expect(compressed(readArguments(["-t"]), Readable.from([frame.subarray(0, -8)]), new PassThrough())).rejects.toThrow();
    await expect(compressed(readArguments(["-t"]), Readable.from([changed]), new PassThrough())).rejects.toThrow();
  });
});
