import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { chunksOf, DEFAULT_DOCUMENTS, loadCorpus } from "../../../../local/workload/corpus";

const NODE_MODULES = join(__dirname, "..", "..", "..", "..", "node_modules");

describe("loadCorpus", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lifeboat-corpus-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const file = (name: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  };
  const namesOf = async (documents: number): Promise<readonly string[]> => (await loadCorpus({ root, documents })).map(({ name }) => name);

  test("takes texts in the order of their paths, each content once", async () => {
    file("b/README.md", "two");
    file("a/LICENSE", "one");
    file("a/license.txt", "one");
    file("a/sub/CHANGELOG.markdown", "three");
    expect(await namesOf(3)).toEqual(["a/LICENSE", "a/sub/CHANGELOG.markdown", "b/README.md"]);
  });

  test("leaves out what is no text, and links", async () => {
    file("a/README.md", "one");
    file("b/README.md", Uint8Array.of(0xff, 0xfe, 0x41));
    file("c/README.md", "nul \0");
    file("d/README.md", " \n ");
    file("e/README.md", "x".repeat(300_000));
    file("f/index.js", "code");
    file("f/license.js", "code");
    file(".cache/README.md", "hidden");
    symlinkSync(join(root, "a"), join(root, "g"));
    file("z/README.md", "last");
    expect(await namesOf(2)).toEqual(["a/README.md", "z/README.md"]);
  });

  test("too few texts are an error that says how many there are", async () => {
    file("README.md", "one");
    await expect(loadCorpus({ root, documents: 2 })).rejects.toThrow(/1 distinct Markdown and license files/);
  });

  test("this project's packages bring enough of them", async () => {
    const corpus = await loadCorpus({ root: NODE_MODULES });
    expect(corpus).toHaveLength(DEFAULT_DOCUMENTS);
    expect(new Set(corpus.map(({ text }) => text)).size).toBe(DEFAULT_DOCUMENTS);
  });
});

describe("chunksOf", () => {
  const texts = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.array(fc.constantFrom("word", " ", "\n", "\n\n", "😀", "日本"), { maxLength: 200 }).map((parts) => parts.join("")),
  );

  test("are the text, whole and in order, none longer than the size", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 4, max: 50 }), (text, size) => {
        const chunks = chunksOf(text, size);
        expect(chunks.join("")).toBe(text);
        for (const chunk of chunks) {
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(size);
        }
      }),
    );
  });

  test("survive UTF-8: no chunk ends inside a character", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 4, max: 50 }), (text, size) => {
        for (const chunk of chunksOf(text, size)) expect(Buffer.from(chunk).toString()).toBe(chunk);
      }),
    );
  });

  test("end at a blank line where there is one near", () => {
    expect(chunksOf(`${"a ".repeat(30)}\n\n${"b ".repeat(30)}`, 80)).toEqual([`${"a ".repeat(30)}\n\n`, "b ".repeat(30)]);
  });
});
