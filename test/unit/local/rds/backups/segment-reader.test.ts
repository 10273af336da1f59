import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestNow } from "../../../../../local/rds/backups/digest";
import { DONE, readSegments } from "../../../../../local/rds/backups/segment-reader";
import { name } from "./holdings";

const root = mkdtempSync(join(tmpdir(), "lifeboat-reader-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const bed = () => {
  const [from, to] = [mkdtempSync(join(root, "from-")), mkdtempSync(join(root, "to-"))];
  const segments = [1, 2, 3].map((number) => {
    const content = Buffer.alloc(1024 * 1024);
    content.write(`segment ${number}`);
    const file = join(from, name(number));
    writeFileSync(file, content);
    return { file, archived: digestNow(content) };
  });
  return { segments, copies: { directory: to } };
};

describe("Reading through archived WAL", () => {
  test("hands over copies of what it has verified, and says when that is all", () => {
    const { segments, copies } = bed();

    expect(readSegments({ segments, copies })).toEqual({});
    expect(readdirSync(copies.directory).sort()).toEqual([...[1, 2, 3].map(name), DONE].sort());
    for (const { file } of segments) {
      const copy = join(copies.directory, file.slice(file.lastIndexOf("/") + 1));
      expect(readFileSync(copy).equals(readFileSync(file))).toBe(true);
      // Recovery takes it for its own, and writes over it later.
      expect(statSync(copy).ino).not.toBe(statSync(file).ino);
    }
  });

  test("stops at the first that is not what was archived: nobody gets it, nor what follows", () => {
    const { segments, copies } = bed();
    const bad = join(segments[1]?.file ?? "");
    writeFileSync(bad, "changed");

    const { fault } = readSegments({ segments, copies });

    expect(fault).toEqual({ file: bad, found: digestNow(Buffer.from("changed")) });
    expect(readdirSync(copies.directory)).toEqual([name(1)]);
  });

  test("says which it could not read", () => {
    const { segments } = bed();
    rmSync(segments[2]?.file ?? "");

    expect(readSegments({ segments }).fault).toEqual({ file: segments[2]?.file, error: expect.stringContaining("ENOENT") });
  });
});
