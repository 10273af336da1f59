import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderAt } from "../../../../../ops/lifeboat/restore-configuration/folder";
import { objectsList } from "../../../../../ops/lifeboat/restore-configuration/objects";
import { parseRestoreConfiguration } from "../../../../../ops/lifeboat/restore-configuration/options";
import { renderRestored } from "../../../../../ops/lifeboat/restore-configuration/report";
import type { ConfigurationRecord } from "../../../../../recovery/configuration/records";

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

describe("objects of Kubernetes", () => {
  async function* records(...each: readonly ConfigurationRecord[]) {
    yield* each;
  }
  const textOf = async (...each: readonly ConfigurationRecord[]): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of objectsList(records(...each))) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  };

  it("become one List, in their order and with their numbers as they were", async () => {
    const text = await textOf(
      { kind: "object", name: "v1/ConfigMap/b", version: "1", json: '{"kind":"ConfigMap","n":9007199254740993}' },
      { kind: "object", name: "v1/ConfigMap/a", version: "1", json: '{"kind":"ConfigMap","n":1.0}' },
    );

    expect(JSON.parse(text)).toMatchObject({ apiVersion: "v1", kind: "List", items: [{ kind: "ConfigMap" }, { n: 1 }] });
    expect(text).toContain('"n":9007199254740993},\n{"kind":"ConfigMap","n":1.0}');
    expect(JSON.parse(await textOf()).items).toEqual([]);
  });

  it("are no place for what is none", async () => {
    const record: ConfigurationRecord = { kind: "parameter", name: "/p", type: "String", value: "v", version: 1, tags: {} };

    await expect(textOf(record)).rejects.toThrow('The record "/p" opens to something');
  });

  it("come with the command that applies them", () => {
    const options = { ...parseRestoreConfiguration(["--point", POINT, "--into", "out"], DEFAULTS) };
    const things = [{ name: "shop.json", outcome: "restored" as const, what: "/out/shop.json" }];

    const shown = renderRestored({ subject: "kubernetes/shop", pointId: POINT, asOf: "2026-11-26T17:00:00.000Z", things }, options);

    expect(shown).toContain("apply --server-side -f '/out/shop.json'");
  });
});
