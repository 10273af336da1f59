import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
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
  return { segments, linksIn: to };
};

describe("Reading through archived WAL", () => {
  test("links to what it has verified, and says when that is all", () => {
    const { segments, linksIn } = bed();

    expect(readSegments({ segments, linksIn })).toEqual({});
    expect(readdirSync(linksIn).sort()).toEqual([...[1, 2, 3].map(name), DONE].sort());
    for (const { file } of segments) expect(readlinkSync(join(linksIn, basename(file)))).toBe(file);
  });

  test("stops at the first that is not what was archived: nobody gets it, nor what follows", () => {
    const { segments, linksIn } = bed();
    const bad = segments[1]?.file ?? "";
    writeFileSync(bad, "changed");

    const { fault } = readSegments({ segments, linksIn });

    expect(fault).toEqual({ file: bad, found: digestNow(Buffer.from("changed")) });
    expect(readdirSync(linksIn)).toEqual([name(1)]);
  });

  test("says which it could not read", () => {
    const { segments } = bed();
    rmSync(segments[2]?.file ?? "");

    expect(readSegments({ segments }).fault).toEqual({ file: segments[2]?.file, error: expect.stringContaining("ENOENT") });
  });
});
