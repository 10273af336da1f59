import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { mergeConfig, writeStackConfig } from "../../../../local/stacks/config";

const root = mkdtempSync(join(tmpdir(), "lifeboat-config-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const directories = (name: string, committed: string | undefined, salted: string | undefined) => {
  const projectDir = join(root, name, "project");
  const privateDir = join(root, name, "private");
  for (const directory of [projectDir, privateDir]) mkdirSync(directory, { recursive: true });
  if (committed !== undefined) writeFileSync(join(projectDir, "Pulumi.prod.yaml"), committed);
  if (salted !== undefined) writeFileSync(join(privateDir, "Pulumi.prod.yaml"), salted);
  return { projectDir, privateDir };
};

test("puts the run's values over the committed ones and keeps the salt of the private file only", async () => {
  const { projectDir, privateDir } = directories(
    "merged",
    "encryptionsalt: committed\nconfig:\n  a:kept: 1\n  a:replaced: {x: 1, y: 2}\n",
    "encryptionsalt: private\nconfig:\n  a:old: gone\n",
  );

  const file = await writeStackConfig({ stack: "prod", projectDir, privateDir, overlay: { "a:replaced": { x: 3 }, "a:port": 8080 } });

  expect(parse(readFileSync(file, "utf8"))).toEqual({
    encryptionsalt: "private",
    config: { "a:kept": 1, "a:replaced": { x: 3 }, "a:port": 8080 },
  });
});

test("needs no committed file", async () => {
  const { projectDir, privateDir } = directories("alone", undefined, undefined);

  const file = await writeStackConfig({ stack: "prod", projectDir, privateDir, overlay: { "a:b": true } });

  expect(parse(readFileSync(file, "utf8"))).toEqual({ config: { "a:b": true } });
});

test("names a file that is no configuration", async () => {
  const { projectDir, privateDir } = directories("broken", "config: [1, 2]\n", undefined);

  await expect(writeStackConfig({ stack: "prod", projectDir, privateDir, overlay: {} })).rejects.toThrow(
    /Pulumi\.prod\.yaml is no stack configuration/,
  );
});

test("refuses committed secrets, which this stack cannot decrypt, unless the run replaces them", () => {
  const committed = { "a:token": { secure: "v1:abc" }, "a:nested": { list: [{ secure: "v1:def" }] }, "a:plain": 1 };

  expect(() => mergeConfig(committed, {})).toThrow(/Received: a:token, a:nested\./);
  expect(mergeConfig(committed, { "a:token": "t", "a:nested": null })).toEqual({ "a:token": "t", "a:nested": null, "a:plain": 1 });
});
