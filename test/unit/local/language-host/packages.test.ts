import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programDependencies, providerPackages } from "../../../../local/language-host/packages";

const root = mkdtempSync(join(tmpdir(), "lifeboat-packages-"));
const write = (path: string, content: unknown): void => {
  mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, path, "package.json"), JSON.stringify(content));
};

beforeAll(() => {
  write(".", { name: "program", dependencies: { "@acme/network": "1", lodash: "4" }, devDependencies: { "@pulumi/random": "4" } });
  write("infra/deep", "no package");
  write("node_modules/lodash", { name: "lodash", version: "4.17.21", dependencies: { "@pulumi/unrelated": "1" } });
  write("node_modules/@pulumi/unrelated", { name: "@pulumi/unrelated", version: "1.0.0", pulumi: { resource: true } });
  write("node_modules/@acme/network", {
    name: "@acme/network",
    version: "1.1.0",
    dependencies: { "@pulumi/pulumi": "3", "@pulumi/aws": "7" },
  });
  write("node_modules/@pulumi/pulumi", { name: "@pulumi/pulumi", version: "3.270.0" });
  write("node_modules/@pulumi/aws", { name: "@pulumi/aws", version: "7.48.0", pulumi: { resource: true, name: "aws" } });
  write("node_modules/@pulumi/random", {
    name: "@pulumi/random",
    version: "4.21.2",
    pulumi: { resource: true, server: "https://plugins.example" },
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("finds the providers of the program and of the packages that build on Pulumi", () => {
  const found = providerPackages(join(root, "infra", "deep"));

  expect(found).toEqual([
    { name: "aws", version: "7.48.0", server: "" },
    { name: "random", version: "4.21.2", server: "https://plugins.example" },
  ]);
});

test("lists declared dependencies with their installed versions, and theirs when asked", () => {
  const direct = programDependencies(root, false);
  const all = programDependencies(root, true);

  expect(direct).toEqual([
    { name: "@acme/network", version: "1.1.0" },
    { name: "lodash", version: "4.17.21" },
    { name: "@pulumi/random", version: "4.21.2" },
  ]);
  expect(all.map(({ name }) => name).sort()).toEqual([
    "@acme/network",
    "@pulumi/aws",
    "@pulumi/pulumi",
    "@pulumi/random",
    "@pulumi/unrelated",
    "lodash",
  ]);
});
