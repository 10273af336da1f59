import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Chain, openChain } from "../../../../../local/rds/backups/chain";
import { digestNow, digestOf, usedBytesOf } from "../../../../../local/rds/backups/digest";
import { writeSparse } from "../../../../../local/rds/backups/files";
import { archiveCommand, takeIn } from "../../../../../local/rds/backups/spool";
import { faultOfSegments } from "../../../../../local/rds/backups/verify";
import { at, name } from "./holdings";

const root = mkdtempSync(join(tmpdir(), "lifeboat-spool-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SEGMENT_BYTES = 16 * 1024 * 1024;
const now = (): Date => at(1);
let made = 0;

const emptyChain = (): Chain => {
  made += 1;
  // A path that a shell, dd and PostgreSQL could each misread.
  const chain = openChain({ region: "us-east-1", resourceId: "db-A" }, join(root, `it's 100% ${made}`));
  for (const each of [chain.walDirectory, chain.basesDirectory, chain.spoolDirectory]) mkdirSync(each, { recursive: true });
  return chain;
};

/** As a switched segment is: a beginning, and zeros. */
const segment = (text: string): Buffer => {
  const content = Buffer.alloc(SEGMENT_BYTES);
  content.write(text);
  return content;
};
const spool = (chain: Chain, number: number, text: string): void => writeFileSync(join(chain.spoolDirectory, name(number)), segment(text));

/** PostgreSQL puts the path and the name in and hands the line to a shell. */
const runArchiveCommand = (chain: Chain, file: string, segmentName: string): void => {
  const line = archiveCommand(chain.spoolDirectory).replace(
    /%(.)/g,
    (_, letter: string) => ({ p: file, f: segmentName })[letter] ?? letter,
  );
  execFileSync("sh", ["-c", line]);
};

describe("Archived WAL", () => {
  test("comes whole and with holes from the archive command", () => {
    const chain = emptyChain();
    const source = join(root, "source");
    writeFileSync(source, segment("commits"));

    runArchiveCommand(chain, source, name(1));

    expect(readdirSync(chain.spoolDirectory)).toEqual([name(1)]);
    const copy = join(chain.spoolDirectory, name(1));
    expect(readFileSync(copy).equals(readFileSync(source))).toBe(true);
    expect(statSync(copy).blocks * 512).toBeLessThan(1024 * 1024);
  });

  test("is taken into the index with its size, its digest and its time, oldest first", async () => {
    const chain = emptyChain();
    for (const number of [2, 1]) spool(chain, number, `segment ${number}`);
    writeFileSync(join(chain.spoolDirectory, "00000002.history"), "1\t0/5000000\twhy\n");
    writeFileSync(join(chain.spoolDirectory, `${name(1)}.00000028.backup`), "label");
    writeFileSync(join(chain.spoolDirectory, `${name(3)}.partial`), "broken off by a promotion");
    writeFileSync(join(chain.spoolDirectory, `${name(4)}.copying`), "half");

    await takeIn(chain, now);

    const sha256 = createHash("sha256")
      .update(segment("segment 1").subarray(0, 64 * 1024))
      .digest("hex");
    expect(chain.entries.filter(({ kind }) => kind === "segment").map((each) => each.kind === "segment" && each.name)).toEqual([
      name(1),
      name(2),
    ]);
    expect(chain.segment(name(1))).toEqual({
      kind: "segment",
      name: name(1),
      sizeBytes: SEGMENT_BYTES,
      usedBytes: 64 * 1024,
      sha256,
      archivedAt: at(1).toISOString(),
    });
    expect(chain.holdings().ancestorsOf(2)).toEqual([{ timeline: 1, endLsn: 0x5000000n }]);
    expect(readdirSync(chain.spoolDirectory)).toEqual([`${name(4)}.copying`]);
  });

  test("that is archived twice counts once, unless it is another", async () => {
    const chain = emptyChain();
    spool(chain, 1, "the same");
    await takeIn(chain, now);
    spool(chain, 1, "the same");
    await takeIn(chain, now);

    spool(chain, 1, "another");

    await expect(takeIn(chain, now)).rejects.toThrow(/archived already, with another content/);
    expect(chain.entries).toHaveLength(1);
    expect(readFileSync(chain.segmentFile(name(1))).toString("utf8", 0, 8)).toBe("the same");
  });

  test("that has changed since is named", async () => {
    const chain = emptyChain();
    for (const number of [1, 2, 3]) spool(chain, number, `segment ${number}`);
    await takeIn(chain, now);
    const names = [1, 2, 3].map(name);
    const whole = await faultOfSegments(chain, names);

    const content = segment("segment 2");
    // Far into the zeros.
    content[SEGMENT_BYTES - 1] = 1;
    writeFileSync(chain.segmentFile(name(2)), content);

    expect(whole).toBeUndefined();
    expect(await faultOfSegments(chain, names)).toMatchObject({ segment: name(2), message: expect.stringContaining("corrupt") });
    rmSync(chain.segmentFile(name(2)));
    expect(await faultOfSegments(chain, names)).toMatchObject({ segment: name(2), message: expect.stringContaining("cannot be read") });
  });
});

test("a file with holes is what it was made from", async () => {
  const content = Buffer.alloc(1024 * 1024 + 5);
  content.write("one", 0);
  content.write("two", 700_000);
  const file = join(root, "sparse");

  await writeSparse(file, content, {});

  expect(readFileSync(file).equals(content)).toBe(true);
  expect(await digestOf(readFileSync(file))).toEqual(digestNow(content));
  expect([usedBytesOf(content), usedBytesOf(Buffer.alloc(100)), usedBytesOf(Buffer.from("a"))]).toEqual([720_896, 0, 1]);
});
