import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stepFiles, toldSteps } from "../../../../../infra/components/jobs/toldSteps";

// The scripts that start a job's steps, run as Kubernetes runs containers: one after the other, while each ends well.
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-steps-"));
  for (const name of ["files", "credentials", "bin"]) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(stepFiles())) writeFileSync(join(folder, "files", name), text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An AWS CLI that keeps what it was called with, and ends so. */
const awsCli = (exitCode: number): void => {
  const file = join(folder, "bin", "aws");
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >>"${folder}/calls"\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
};
const calls = (): readonly string[] =>
  existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];
const data = (): readonly { readonly Value: number; readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[] }[] =>
  JSON.parse(calls()[0]?.split("--metric-data ")[1] ?? "[]");
const told = () => data().map(({ Value, Dimensions }) => [Value, Object.fromEntries(Dimensions.map((one) => [one.Name, one.Value]))]);

const run = (command: readonly string[], env: Readonly<Record<string, string>>): Promise<{ readonly code: number; readonly log: string }> =>
  new Promise((resolve) => {
    const [program = "", ...args] = command.map((text) => text.replace("/lifeboat/files", join(folder, "files")));
    execFile(program, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), log: stdout + stderr }),
    );
  });

/** Runs a pod of three steps, each a line of shell. */
const pod = async (...scripts: readonly [string, string, string]) => {
  const [credentials, dump, upload] = scripts;
  const steps = Object.entries({ credentials, dump, upload }).map(([name, script]) => ({
    ...{ name, image: "image", command: ["sh", "-c", script] },
  }));
  const logs: string[] = [];
  let code = 0;
  for (const { command, env } of toldSteps(steps, { system: "acme", job: "postgres-dump", recoveryRegion: "eu-west-1" })) {
    const given = Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, String(value)]));
    const path = `${join(folder, "bin")}${delimiter}${process.env.PATH}`;
    const ended = await run(command, { ...given, PATH: path, CREDENTIALS: join(folder, "credentials") });
    logs.push(ended.log);
    code = ended.code;
    if (code !== 0) break;
  }
  return { code, logs };
};

const OK = "exit 0";
const ATTEMPT = { System: "acme", Job: "postgres-dump" };

it("an attempt that ends well is a zero in the recovery region", async () => {
  awsCli(0);

  const { code } = await pod(OK, OK, "echo uploaded");

  expect(code).toBe(0);
  expect(calls()[0]).toMatch(/^cloudwatch put-metric-data .*--region eu-west-1 --namespace Lifeboat --metric-data /);
  expect(told()).toEqual([[0, ATTEMPT]]);
});

it.each([
  ["credentials", ["exit 3", "echo dumped", "echo uploaded"], 3],
  ["dump", [OK, "echo half; exit 7", "echo uploaded"], 7],
  ["upload", [OK, OK, "echo 503; exit 1"], 1],
] as const)(
  "an attempt whose step %s fails counts for the job and for the step, and nothing that follows is done",
  async (step, scripts, exitCode) => {
    awsCli(0);

    const { code, logs } = await pod(scripts[0], scripts[1], scripts[2]);

    expect(code).toBe(1);
    expect(told()).toEqual([
      [1, ATTEMPT],
      [1, { ...ATTEMPT, Step: step }],
    ]);
    expect(logs.at(-1)).toContain(`postgres-dump failed in its step ${step}`);
    expect(logs.join("")).not.toMatch(/dumped|uploaded/);
    if (step !== "upload") expect(logs.join("")).toContain(`${step}: failed with exit code ${exitCode}`);
  },
);

it.each([
  [OK, 0],
  ["exit 9", 1],
])("ends as the attempt did when nobody can be told: %s", async (dump, expected) => {
  awsCli(255);

  const { code, logs } = await pod(OK, dump, OK);

  expect(code).toBe(expected);
  expect(logs.at(-1)).toContain("nobody could be told how postgres-dump ended");
});

it("a failure that cannot be left to the last step fails the pod at once", async () => {
  awsCli(0);
  rmSync(join(folder, "credentials"), { recursive: true });

  const { code, logs } = await pod(OK, "exit 9", OK);

  expect({ code, steps: logs.length }).toEqual({ code: 9, steps: 2 });
  expect(calls()).toEqual([]);
});
