import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { noDeadline } from "../../lambdas/shared/deadline";
import { s3Objects } from "../../lambdas/shared/s3-objects";
import { readDump } from "../../lambdas/verify/postgres/read-dump";
import { waitUntil } from "../../local/process";
import { dumpParts } from "../../recovery/postgres/dump-manifest";
import { type FaultyProxy, type RequestFault, startFaultyProxy } from "../support/faulty-proxy";
import { dumpOf, oneFrame } from "../unit/lambdas/support/postgres-dump";
import { DumpRun, type DumpTools, dumpTools } from "./support/dump";
import { primary, root, startTestAws, type TestAws } from "./support/emulator";

// What the AWS CLI and S3 do with the scripts of the job.
jest.setTimeout(180_000);

const BUCKET = "staging";

let tools: DumpTools;
let aws: TestAws;
let proxy: FaultyProxy;
let folder: string;
beforeAll(async () => {
  tools = await dumpTools();
  aws = await startTestAws({ lagSeconds: 0.3 });
  proxy = await startFaultyProxy(aws.gateway.url);
  folder = mkdtempSync(join(tmpdir(), "lifeboat-upload-test-"));
  await client().send(new CreateBucketCommand({ Bucket: BUCKET }));
  await client().send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }));
});
afterEach(() => proxy.setFault(() => undefined));
afterAll(async () => {
  await proxy?.stop();
  await aws?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const access = () => ({ endpoint: aws.gateway.url, region: primary, credentials: root });
const client = (): S3Client => new S3Client({ ...access(), forcePathStyle: true });
const staging = () => s3Objects(client(), BUCKET);

let points = 0;

/** A finished dump in the job's folder, and its last step. */
const prepare = () => {
  points += 1;
  const pointId = `postgres-20261124T1000${String(points).padStart(2, "0")}Z-1a2b`;
  const { dump, objects } = dumpOf(undefined, pointId, oneFrame(1000));
  const job = new DumpRun(tools, {
    ...{ AWS_ENDPOINT_URL: proxy.url, AWS_REGION: primary, AWS_DEFAULT_REGION: primary, BUCKET, AWS_MAX_ATTEMPTS: "2" },
    ...{ AWS_ACCESS_KEY_ID: root.accessKeyId, AWS_SECRET_ACCESS_KEY: root.secretAccessKey, AWS_CONFIG_FILE: "/dev/null" },
  });
  const write = (key: string, content: Buffer | string) => {
    const file = join(job.work, "dump", ...key.split("/").slice(2));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  for (const [key, content] of objects) write(key, content);
  const manifestKey = `postgres/${pointId}/manifest.json`;
  write(manifestKey, JSON.stringify(dump));
  return { job, dump, objects, manifestKey, keys: dumpParts(dump).map(({ key }) => key), write };
};

const keysUnder = async (prefix: string): Promise<readonly string[]> => {
  const keys = [];
  for await (const page of staging().list(prefix)) keys.push(...page.map(({ key }) => key));
  return keys;
};

/** A program that stands before the real one of its name, which it finds in $REAL. */
const shim = (name: string, real: string, script: string): string => {
  const directory = mkdtempSync(join(folder, "shim-"));
  writeFileSync(join(directory, name), `#!/usr/bin/env bash\nREAL=${real}\nSEEN=${directory}/seen\n${script}\n`);
  chmodSync(join(directory, name), 0o755);
  return directory;
};

describe("an upload", () => {
  it("puts every part, the manifest last, and what it put is proven", async () => {
    const { job, dump, objects, manifestKey, keys } = prepare();

    const { code, output } = await job.step("upload.sh");

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(new Set(await keysUnder(`postgres/${dump.pointId}/`))).toEqual(new Set([...keys, manifestKey]));
    const heads = await Promise.all([...keys, manifestKey].map((key) => staging().head(key)));
    expect(heads.map((head) => head?.sizeBytes)).toEqual([...keys.map((key) => objects.get(key)?.length), JSON.stringify(dump).length]);
    const last = heads.at(-1)?.lastModified.getTime() ?? 0;
    expect(heads.every((head) => (head?.lastModified.getTime() ?? Number.NaN) <= last)).toBe(true);
    const manifest = Buffer.from((await staging().get(manifestKey))?.bytes ?? "").toString("utf8");
    const checks = await readDump(manifest, async (key) => (await staging().get(key))?.bytes, noDeadline);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it("that was killed leaves no manifest, and is completed by the next run without putting a part again", async () => {
    const { job, dump, manifestKey, keys } = prepare();
    const running = job.start("upload.sh");
    await waitUntil(async () => (await keysUnder(`postgres/${dump.pointId}/`)).length > 0, {
      timeoutMs: 60_000,
      intervalMs: 20,
      what: "a part was put",
      process: running,
    });
    running.kill();
    await running.exited;
    expect(await staging().head(manifestKey)).toBeUndefined();

    const { code } = await job.step("upload.sh");

    expect(code).toBe(0);
    const versions = [];
    for await (const page of staging().versions(`postgres/${dump.pointId}/`)) versions.push(...page.map(({ key }) => key));
    expect(versions.sort()).toEqual([...keys, manifestKey].sort());
  });

  it("takes a part whose answer was lost for put", async () => {
    const { job, manifestKey } = prepare();
    const lost = shim(
      "aws",
      tools.aws,
      '"$REAL" "$@"; code=$?\nif [[ $2 == put-object && ! -e $SEEN ]]; then touch "$SEEN"; exit 255; fi\nexit $code',
    );

    const { code, output } = await job.step("upload.sh", { path: [lost] });

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await staging().head(manifestKey)).toBeDefined();
  });

  it("fails without a manifest when a part cannot be put", async () => {
    const { job, keys, manifestKey } = prepare();
    const full = shim(
      "aws",
      tools.aws,
      `if [[ $* == *put-object*${keys.at(-1)}* ]]; then echo "503 SlowDown" >&2; exit 255; fi\nexec "$REAL" "$@"`,
    );

    const { code, output } = await job.step("upload.sh", { path: [full] });

    expect(code).not.toBe(0);
    expect(output).toContain(`${keys.at(-1)} could not be put`);
    expect(output).toContain("503 SlowDown");
    expect(await staging().head(manifestKey)).toBeUndefined();
  });

  it("bears S3's 503, 500, slowness, a body that is cut short and an answer that is lost, each at another object", async () => {
    const { job, dump, keys, manifestKey } = prepare();
    const faults: readonly RequestFault[] = [{ status: 503 }, { status: 500 }, { delayMs: 1500 }, "cut-upload", "cut"];
    const put: string[] = [];
    const met = new Set<RequestFault>();
    proxy.setFault(({ method, path, attempt }) => {
      if (method !== "PUT" || attempt > 0) return undefined;
      put.push(path);
      const fault = path.includes(manifestKey) ? faults[0] : faults[put.length % faults.length];
      met.add(fault);
      return fault;
    });

    const { code, output } = await job.step("upload.sh");

    expect({ code, output }).toMatchObject({ code: 0 });
    expect([...met]).toHaveLength(Math.min(faults.length, keys.length + 1));
    expect(new Set(await keysUnder(`postgres/${dump.pointId}/`))).toEqual(new Set([...keys, manifestKey]));
  });

  it.each<[string, RequestFault]>([
    ["answers 500 and nothing else", { status: 500 }],
    ["cuts every body short", "cut-upload"],
  ])("offers nothing while S3 %s, and is completed by the next attempt", async (_what, fault) => {
    const { job, keys, manifestKey } = prepare();
    proxy.setFault(({ method, path }) => (method === "PUT" && path.includes(keys.at(-1) ?? "?") ? fault : undefined));

    const { code } = await job.step("upload.sh");

    const during = [code === 0, await staging().head(manifestKey)];
    proxy.setFault(() => undefined);
    expect(during).toEqual([false, undefined]);
    expect(await job.step("upload.sh")).toMatchObject({ code: 0 });
    expect(await staging().head(manifestKey)).toBeDefined();
  });

  it("refuses what stands under a key and is something else", async () => {
    const { job, keys, manifestKey } = prepare();
    await staging().put(keys[0] ?? "", "something else", { contentType: "text/plain" });

    const { code, output } = await job.step("upload.sh");

    expect(code).not.toBe(0);
    expect(output).toContain(`${keys[0]} could not be put`);
    expect(await staging().head(manifestKey)).toBeUndefined();
    expect(Buffer.from((await staging().get(keys[0] ?? ""))?.bytes ?? "").toString()).toBe("something else");
  });

  it("puts nothing of a dump that is not finished", async () => {
    const { job, dump } = prepare();
    rmSync(join(job.work, "dump", "manifest.json"));

    const { code, output } = await job.step("upload.sh");

    expect(code).not.toBe(0);
    expect(output).toContain("no finished dump");
    expect(await keysUnder(`postgres/${dump.pointId}/`)).toEqual([]);
  });
});

describe("the credentials", () => {
  const read = async (secret: string) => {
    const name = `database-${Math.random().toString(16).slice(2)}`;
    const { ARN } = await new SecretsManagerClient(access()).send(new CreateSecretCommand({ Name: name, SecretString: secret }));
    const authorities = join(folder, "authorities.pem");
    writeFileSync(authorities, "-----BEGIN CERTIFICATE-----\n");
    const job = new DumpRun(tools, {
      ...{ AWS_ENDPOINT_URL: aws.gateway.url, AWS_REGION: primary, AWS_DEFAULT_REGION: primary, SECRET_ARN: ARN ?? "" },
      ...{ AWS_ACCESS_KEY_ID: root.accessKeyId, AWS_SECRET_ACCESS_KEY: root.secretAccessKey, AUTHORITIES_URL: `file://${authorities}` },
    });
    const finished = await job.step("credentials.sh");
    const text = (file: string): string => readFileSync(join(job.credentials, file), "utf8");
    return { finished, text };
  };

  it("are the secret's, whatever is in them, and never shown", async () => {
    const password = 'a "quoted" \\ päss/word\t$HOME `x` %s \\n';
    const { finished, text } = await read(JSON.stringify({ engine: "postgres", password, username: "shop", port: 5432 }, null, 2));

    expect(finished).toMatchObject({ code: 0 });
    expect([text("username"), text("password")]).toEqual(["shop", password]);
    expect(text("authorities.pem")).toContain("BEGIN CERTIFICATE");
    expect(finished.output).not.toContain("quoted");
  });

  it("with escapes of JSON's own are read as what they mean", async () => {
    const { text } = await read('{"username":"shop","password":"\\u0041\\/\\u00e9\\"\\\\"}');

    expect(text("password")).toBe('A/é"\\');
  });

  it("that are no such JSON are refused, and not shown", async () => {
    const { finished } = await read("hunter2");

    expect(finished.code).not.toBe(0);
    expect(finished.output).toContain('the secret has no text "username"');
    expect(finished.output).not.toContain("hunter2");
  });
});
