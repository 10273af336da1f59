import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Client } from "pg";
import { run } from "../../local/process";
import type { Environment } from "../../ops/local/endpoints";
import { homeOf } from "../../ops/local/home";
import { isRunning, type ProcessIdentity, signalProcess, startOf } from "../../ops/local/identity";
import { readHolder } from "../../ops/local/lock";
import { quoted } from "../../ops/local/shell";
import type { Status } from "../../ops/local/status";
import { bucketNames, databaseNames } from "../../recovery/names";
import { childrenOf } from "../support/processes";
import { PROJECT } from "./support/embedded";

const OPERATION_MS = 240_000;
/** The very first run on a machine builds the Pulumi CLI. */
const FIRST_UP_MS = 900_000;
const COMMAND = ["--import=tsx", join(PROJECT, "ops", "local", "main.ts")];
const STACK_FILES = ["Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.dr.yaml"].map((name) => join(PROJECT, name));

/** Closed to all but its owner: as root, the databases' data lies outside it. */
const folder = mkdtempSync(join(tmpdir(), "lifeboat-local-"));
const home = homeOf(PROJECT, { LIFEBOAT_LOCAL_DIR: join(folder, "home") });
const environment = { ...process.env, LIFEBOAT_LOCAL_DIR: home.directory, AWS_PROFILE: "a-person's-own" };

const local = (...words: readonly string[]) =>
  run({ command: process.execPath, args: [...COMMAND, ...words], env: environment, cwd: PROJECT });

/** What a person types after `eval "$(npm run -s local -- env)"`. */
const typed = (line: string) => {
  const lines = [process.execPath, ...COMMAND, "env"].map(quoted).join(" ");
  return run({ command: "/bin/sh", args: ["-c", `eval "$(${lines})" && ${line}`], env: environment, cwd: PROJECT });
};

const shellEnvironment = async (): Promise<Readonly<Record<string, string>>> => {
  const { stdout } = await typed(`${quoted(process.execPath)} -p 'JSON.stringify(process.env)'`);
  return JSON.parse(stdout);
};

const environmentJson = async (): Promise<Environment> => JSON.parse((await local("env", "--json")).stdout);
const statusJson = async (): Promise<Status> => JSON.parse((await local("status", "--json")).stdout);

/** The background process and everything below it. */
const processTree = async (root: number): Promise<readonly ProcessIdentity[]> => {
  const started = await startOf(root);
  const below = await Promise.all((await childrenOf(root)).map(processTree));
  return [...(started === undefined ? [] : [{ pid: root, started }]), ...below.flat()];
};

const keeperPid = async (): Promise<number> => (await readHolder(home.lock))?.process.pid ?? -1;

// The tests are one story, in this order: each step needs the one before.
describe("npm run local", () => {
  const stackFiles = STACK_FILES.map((file) => readFileSync(file, "utf8"));

  afterAll(async () => {
    await local("down");
    rmSync(folder, { recursive: true, force: true });
  }, OPERATION_MS);

  test("while nothing runs, status and env say so and what to do", async () => {
    const [status, env] = await Promise.all([local("status"), local("env")]);

    expect(status).toMatchObject({ code: 1, stdout: "No embedded AWS runs.\nStart it: npm run local -- up\n" });
    expect(env).toMatchObject({ code: 1, stdout: "" });
    expect(env.stderr).toContain("No embedded AWS runs. Hint: Start it: npm run local -- up");
  });

  test(
    "two at once start one; a third says that it runs already",
    async () => {
      const [one, other] = await Promise.all([local("up"), local("up")]);
      const third = await local("up");

      const pid = await keeperPid();
      for (const { code, stdout } of [one, other, third]) {
        expect(code).toBe(0);
        expect(stdout).toContain(`process ${pid})`);
      }
      expect(third.stdout).toContain("The embedded AWS runs already");
      expect(third.stdout).toContain('eval "$(npm run -s local -- env)"');
    },
    FIRST_UP_MS,
  );

  test("before prod is deployed there is an AWS, and no store", async () => {
    const [{ endpoints, liveRegion, caFile }, status] = await Promise.all([environmentJson(), statusJson()]);

    expect(status).toMatchObject({ state: "running", stacks: { prod: { resources: 0 }, dr: { resources: 0 } } });
    expect(liveRegion).toBeNull();
    expect(endpoints).toMatchObject({ "us-east-1": { postgres: null, chroma: null }, "eu-west-1": { postgres: null, chroma: null } });
    expect(existsSync(caFile)).toBe(true);
  });

  test(
    "pulumi up, as it is typed, deploys prod, and nothing is written into the checkout",
    async () => {
      const { code, stdout } = await typed("pulumi up --yes --skip-preview --non-interactive --color never");

      expect(stdout).toMatch(/\+ \d{3} created/);
      expect(code).toBe(0);
      expect(STACK_FILES.map((file) => readFileSync(file, "utf8"))).toEqual(stackFiles);
      expect((await statusJson()).stacks.prod?.resources).toBeGreaterThan(100);
    },
    OPERATION_MS,
  );

  test("then the environment leads to its stores", async () => {
    const [{ endpoints, liveRegion, buckets, credentials, caFile }, shell] = await Promise.all([environmentJson(), shellEnvironment()]);
    const { postgres, chroma, databases } = endpoints["us-east-1"] ?? {};

    expect(liveRegion).toBe("us-east-1");
    expect(Object.values(buckets).map(({ exists }) => exists)).toEqual([true, true, true, true, true]);
    expect(credentials.map(({ accessKeyId }) => accessKeyId)).toContain(shell.AWS_ACCESS_KEY_ID);
    expect(databases).toContainEqual(expect.objectContaining({ identifier: databaseNames("acme").instance, port: postgres?.port }));
    expect((await fetch(`${chroma}/api/v2/heartbeat`)).ok).toBe(true);
    expect(shell).not.toHaveProperty("AWS_PROFILE");
    expect(shell).toMatchObject({ PGHOST: postgres?.host, PGPORT: String(postgres?.port), PGSSLROOTCERT: caFile });

    const database = new Client({
      host: shell.PGHOST,
      port: Number(shell.PGPORT),
      database: shell.PGDATABASE,
      user: shell.PGUSER,
      password: shell.PGPASSWORD,
      ssl: { ca: readFileSync(caFile, "utf8") },
    });
    await database.connect();
    expect((await database.query("SELECT current_database() AS name")).rows).toEqual([{ name: "acme" }]);
    await database.end();

    const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = shell;
    const s3 = new S3Client({
      endpoint: shell.AWS_ENDPOINT_URL,
      region: shell.AWS_REGION,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    });
    const { documents } = bucketNames({
      system: "acme",
      accountId: "000000000000",
      primaryRegion: "us-east-1",
      recoveryRegion: "eu-west-1",
    });
    expect((await s3.send(new ListObjectsV2Command({ Bucket: documents }))).$metadata.httpStatusCode).toBe(200);
    s3.destroy();
  });

  test(
    "down ends every process that up brought, deletes the data, and may be said twice",
    async () => {
      const tree = await processTree(await keeperPid());

      const first = await local("down");
      const second = await local("down");

      expect(tree.length).toBeGreaterThan(3);
      expect(first).toMatchObject({ code: 0, stdout: "The embedded AWS is stopped, and its data deleted.\n" });
      expect(await Promise.all(tree.map(isRunning))).toEqual(tree.map(() => false));
      expect(existsSync(home.directory)).toBe(false);
      expect(second).toMatchObject({ code: 0, stdout: "No embedded AWS runs: nothing to stop.\n" });
    },
    OPERATION_MS,
  );

  test(
    "one that was killed is noticed, and leaves nothing after down",
    async () => {
      await local("up");
      const pid = await keeperPid();
      const tree = await processTree(pid);
      const { caFile } = await environmentJson();
      await signalProcess({ pid, started: tree[0]?.started ?? "" }, "SIGKILL");

      const status = await local("status");
      const down = await local("down");

      expect(status.code).toBe(1);
      expect(status.stdout).toContain(`What happened: process ${pid} is gone without a word`);
      expect(status.stdout).toContain(`Log: ${home.log}`);
      expect(down).toMatchObject({ code: 0, stdout: "The embedded AWS had ended by itself: what it left is deleted.\n" });
      expect([home.directory, caFile].filter((path) => existsSync(path))).toEqual([]);
      expect(await Promise.all(tree.map(isRunning))).toEqual(tree.map(() => false));
    },
    OPERATION_MS,
  );
});
