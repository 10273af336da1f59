import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readSettings } from "../../../../ops/lifeboat/settings";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const stackFile = (system: string, recovery: string, more = ""): string =>
  `${more}config:\n  lifeboat:system: ${system}\n  lifeboat:regions:\n    primary: us-east-1\n    recovery: ${recovery}\n`;

const checkout = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-settings-"));
  folders.push(folder);
  const all = {
    "Pulumi.yaml": "name: lifeboat\n",
    "Pulumi.prod.yaml": stackFile("acme", "eu-west-1"),
    "Pulumi.dr.yaml": stackFile("acme", "eu-west-1"),
  };
  for (const [name, text] of Object.entries({ ...all, ...files })) writeFileSync(join(folder, name), text);
  return folder;
};

test("the committed files say which system it is, and where", () => {
  const settings = readSettings(resolve(__dirname, "..", "..", "..", ".."));

  expect(settings).toMatchObject({ project: "lifeboat", system: "acme", regions: { primary: "us-east-1", recovery: "eu-west-1" } });
});

test("backend, secrets providers, the cluster on demand and Chroma's size are read where they stand", () => {
  const clusters = "  lifeboat:clusters:\n    recovery:\n      kind: create\n      standby: onDemand\n";
  const server = "  lifeboat:server:\n    cpu: 2\n";
  const settings = readSettings(
    checkout({
      "Pulumi.yaml": "name: lifeboat\nbackend:\n  url: s3://b\n",
      "Pulumi.prod.yaml": stackFile("acme", "eu-west-1") + clusters,
      "Pulumi.dr.yaml": stackFile("acme", "eu-west-1", "secretsprovider: awskms://alias/a?region=eu-west-1\n") + server,
    }),
  );

  expect(settings).toMatchObject({
    backendUrl: "s3://b",
    secretsProviders: { dr: "awskms://alias/a?region=eu-west-1" },
    recoveryCluster: "onDemand",
    chroma: { cpu: "2", storage: "100Gi" },
  });
});

test.each([
  [{ "Pulumi.dr.yaml": stackFile("other", "eu-west-1") }, /speak of different systems/],
  [{ "Pulumi.dr.yaml": stackFile("acme", "eu-central-1") }, /speak of different systems/],
  [{ "Pulumi.dr.yaml": stackFile("acme", "us-east-1"), "Pulumi.prod.yaml": stackFile("acme", "us-east-1") }, /both would be lost at once/],
  [{ "Pulumi.prod.yaml": stackFile("A--B", "eu-west-1") }, /Pulumi\.prod\.yaml cannot be used.*3 to 18 lower-case/s],
  [{ "Pulumi.prod.yaml": "config: [" }, /Pulumi\.prod\.yaml cannot be used/],
])("is refused: %j", (files, message) => {
  expect(() => readSettings(checkout(files))).toThrow(message);
});

test("a folder that is no checkout is refused", () => {
  expect(() => readSettings(tmpdir())).toThrow(/Pulumi\.yaml does not exist\. Hint: Run the command in the project's checkout/);
});
