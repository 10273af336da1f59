import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderAt } from "../../../../../ops/lifeboat/restore-configuration/folder";
import { parseRestoreConfiguration } from "../../../../../ops/lifeboat/restore-configuration/options";

const DEFAULTS = { system: "acme", recoveryRegion: "eu-west-1" };
const POINT = "configuration-20261126T170000Z-1a2b";

describe("the options", () => {
  it("restore to the recovery region, whichever the primary one is", () => {
    expect(parseRestoreConfiguration(["--point", POINT], DEFAULTS)).toMatchObject({ pointId: POINT, to: "eu-west-1", system: "acme" });
  });

  it.each([
    [[], "Which point"],
    [["--point", "chroma-20261126T170000Z-1a2b"], "Which point"],
    [["--point", POINT, "--to", "Ireland"], "This is no region"],
    [["--point", POINT, "--as", "other"], "A new name is of one thing"],
    [["--point", POINT, "--force"], "--force"],
  ])("refuse %p", (argv, message) => {
    expect(() => parseRestoreConfiguration(argv, DEFAULTS)).toThrow(message);
  });
});

describe("a folder", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lifeboat-into-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function* parts(...texts: readonly (string | Error)[]) {
    for (const text of texts) {
      if (text instanceof Error) throw text;
      yield Buffer.from(text);
    }
  }

  it("gets files whole, keeps what is there, and lets none out", async () => {
    writeFileSync(join(root, "there"), "old");
    const folder = folderAt(root);

    expect(await folder.write("a/b.json", parts("one", "two"))).toBe(join(root, "a/b.json"));
    expect(await folder.write("there", parts("new"))).toBeUndefined();
    await expect(folder.write("../out", parts("x"))).rejects.toThrow("would leave the folder");
    await expect(folder.write("cut", parts("half", new Error("digest")))).rejects.toThrow("digest");

    expect(readFileSync(join(root, "a/b.json"), "utf8")).toBe("onetwo");
    expect(readFileSync(join(root, "there"), "utf8")).toBe("old");
    expect(readdirSync(root).sort()).toEqual(["a", "there"]);
  });
});
