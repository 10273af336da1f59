import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PutBucketTaggingCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { rootCredentials } from "../../../local/emulator";
import { run } from "../../../local/process";
import { silentProgress } from "../../../local/progress";
import { initStack, type LocalStack, type StackConfig } from "../../../local/stacks";
import { ensureToolchain, installPlugins, pulumiEnvironment, sdkVersionOf, type Toolchain } from "../../../local/toolchain";
import { otherRegion, outsideOf, region, useMinistack } from "./aws";

/** The very first run on a machine builds the Pulumi CLI. */
const firstRunMilliseconds = 900_000;
const checkout = resolve(__dirname, "..", "..", "..");
const runDir = mkdtempSync(join(tmpdir(), "lifeboat-engine-"));
const projectDir = join(runDir, "project");
const url = useMinistack();
let toolchain: Toolchain;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  toolchain = await ensureToolchain({ progress: silentProgress, runDir });
  const plugins = ["aws", "random"].map((name) => ({
    name,
    version: sdkVersionOf(name),
    entry: join(checkout, "local", "plugins", name, "main.ts"),
  }));
  await installPlugins({ pulumiHome: toolchain.pulumiHome, node: toolchain.node, plugins });
  mkdirSync(join(projectDir, "infra"), { recursive: true });
  mkdirSync(join(runDir, "state"));
  symlinkSync(join(checkout, "node_modules"), join(projectDir, "node_modules"));
  copyFileSync(join(checkout, "infra", "main.cjs"), join(projectDir, "infra", "main.cjs"));
  copyFileSync(join(__dirname, "program", "index.ts"), join(projectDir, "infra", "index.ts"));
  writeFileSync(
    join(projectDir, "Pulumi.yaml"),
    readFileSync(join(checkout, "Pulumi.yaml"), "utf8").replace(/^name: .*$/m, "name: conformance"),
  );
  writeFileSync(join(projectDir, "package.json"), JSON.stringify({ name: "conformance" }));
  writeFileSync(join(projectDir, "Pulumi.test.yaml"), `config:\n  aws:region: ${region}\n`);
  environment = pulumiEnvironment({
    toolchain,
    backendUrl: `file://${join(runDir, "state")}`,
    passphrase: "test",
    extra: {
      AWS_ENDPOINT_URL: url(),
      AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
    },
    base: process.env,
  });
}, firstRunMilliseconds);

afterAll(() => rmSync(runDir, { recursive: true, force: true }));

const open = (overlay: StackConfig): Promise<LocalStack> =>
  initStack({
    name: "test",
    projectDir,
    stateDir: join(runDir, "test"),
    overlay: { "conformance:owner": "storage", ...overlay },
    pulumi: toolchain.pulumi,
    environment,
    progress: silentProgress,
    now: () => new Date(),
  });

const none = { same: 0, create: 0, update: 0, delete: 0, replace: 0 };
const resources = 12;

test("the real engine makes, keeps, repairs, replaces and destroys a program's resources through the plugins", async () => {
  const stack = await open({});
  const preview = await stack.preview();
  expect(preview.changes).toEqual({ ...none, create: resources });

  const up = await stack.up();
  expect(up.changes).toEqual({ ...none, create: resources });
  expect(up.outputs).toMatchObject({
    bucket: expect.stringMatching(/^documents-[0-9a-f]{7}$/),
    vaultRegion: otherRegion,
    vaultTags: { system: "conformance" },
    replicaArn: expect.stringContaining(`:${otherRegion}:`),
    secret: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
  });
  expect((await stack.refresh()).changes).toEqual({ ...none, same: resources });
  expect((await stack.up()).changes).toEqual({ ...none, same: resources });

  const exported = await run({
    command: toolchain.pulumi,
    args: ["-C", projectDir, "stack", "export", "-s", "test", "--non-interactive"],
    env: environment,
  });
  expect(exported.stdout).toContain("ciphertext");
  expect(exported.stdout).not.toContain(String(up.outputs.secret));

  const s3 = outsideOf(url()).client(S3Client);
  const Bucket = String(up.outputs.bucket);
  await s3.send(new PutObjectCommand({ Bucket, Key: "letter.txt", Body: "kept" }));
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: "owner", Value: "attacker" }] } }));
  expect((await stack.refresh()).changes).toEqual({ ...none, same: resources - 1, update: 1 });
  expect((await stack.up()).changes).toEqual({ ...none, same: resources - 1, update: 1 });

  // The vault's name is given, so that its replacement has to delete it first.
  const changed = await open({ "conformance:owner": "records", "conformance:locked": false });
  expect((await changed.up()).changes).toEqual({ ...none, same: resources - 2, update: 1, replace: 1 });

  expect((await changed.destroy()).changes).toEqual({ ...none, delete: resources });
  await expect(s3.send(new PutObjectCommand({ Bucket, Key: "gone.txt", Body: "late" }))).rejects.toMatchObject({ name: "NoSuchBucket" });
}, 300_000);

test("a property that a plugin does not implement stops the preview, by its name and with where to add it", async () => {
  const stack = await open({ "conformance:unknownProperty": true });
  await expect(stack.preview()).rejects.toThrow(/accelerationStatus.*aws:s3\/bucket:Bucket.*local\/plugins\/aws/s);
});
