import { readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { silentProgress as progress } from "../../../../local/progress";
import { ensureVirtualEnvironment } from "../../../../local/toolchain/python";
import { emptyCache, pathWith, temporaryRoot } from "./fixtures";

const root = temporaryRoot();
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("Python", () => {
  test("must be there: the error names the command, and nothing is left", async () => {
    const cacheRoot = emptyCache(root);

    const making = ensureVirtualEnvironment({ progress, cacheRoot, environment: { PATH: "/nowhere" }, isRoot: false });

    await expect(making).rejects.toThrow(/apt-get install python3 python3-venv/);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });

  test("says what pip said", async () => {
    const cacheRoot = emptyCache(root);
    const script = [
      'if [ "$1" = -c ]; then exit 0; fi',
      'mkdir -p "$3/bin"',
      'printf "#!/bin/sh\\necho No matching distribution >&2; exit 1" > "$3/bin/python"',
      'chmod +x "$3/bin/python"',
    ].join("\n");
    const PATH = `${pathWith(root, "python3", script)}:/usr/bin:/bin`;

    const making = ensureVirtualEnvironment({ progress, cacheRoot, environment: { PATH }, isRoot: false });

    await expect(making).rejects.toThrow(/Could not install the Python packages.*No matching distribution/);
    expect(readdirSync(cacheRoot)).toEqual([]);
  });

  const packages = (set: string): string[] =>
    readFileSync(resolve(`local/toolchain/python/${set}.txt`), "utf8")
      .trim()
      .split("\n");

  test.each(["requirements", "aws-cli"])("has every package of %s pinned", (set) => {
    for (const line of packages(set)) expect(line).toMatch(/^(#.*|[\w.-]+==[\w.]+)$/);
  });

  test("has the versions that this project speaks of", () => {
    const pinned = ["ministack==1.5.33", "chromadb==1.5.9", expect.stringMatching(/^cryptography==/)];
    expect(packages("requirements")).toEqual(expect.arrayContaining(pinned));
  });
});
