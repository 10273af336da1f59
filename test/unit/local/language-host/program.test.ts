import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { programCommand, runResponse } from "../../../../local/language-host/program";

const request = (directory: string): RunRequest => {
  const info = new ProgramInfo();
  info.setRootDirectory(resolve("."));
  info.setProgramDirectory(directory);
  info.setEntryPoint("index.ts");
  info.setOptions(Struct.fromJavaScript({ typescript: false, nodeargs: "--import=tsx" }));
  const run = new RunRequest();
  run.setInfo(info);
  run.setMonitorAddress("127.0.0.1:1");
  run.setProject("lifeboat");
  run.setStack("prod");
  run.setOrganization("organization");
  run.setParallel(8);
  run.setDryrun(true);
  run.getConfigMap().set("lifeboat:system", "ledger");
  run.getConfigMap().set("lifeboat:token", "t");
  run.setConfigsecretkeysList(["lifeboat:token"]);
  return run;
};

test("runs the SDK's own runner with all that the engine said", () => {
  const infra = resolve("infra");

  const command = programCommand(request(infra), "127.0.0.1:2", "/bin/node", { PATH: "/usr/bin" });

  expect(command.command).toBe("/bin/node");
  expect(command.cwd).toBe(infra);
  expect(command.args).toEqual([
    "--import=tsx",
    expect.stringMatching(/@pulumi\/pulumi\/cmd\/run\/index\.js$/),
    ...["--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--organization", "organization", "--project", "lifeboat"],
    ...["--stack", "prod", "--root-directory", resolve("."), "--pwd", infra, "--parallel", "8", "--dry-run", join(infra, "index.ts")],
  ]);
  expect(command.env).toEqual({
    PATH: "/usr/bin",
    PULUMI_CONFIG: '{"lifeboat:system":"ledger","lifeboat:token":"t"}',
    PULUMI_CONFIG_SECRET_KEYS: '["lifeboat:token"]',
  });
});

test("asks the runner to compile TypeScript, and leaves a real run without --dry-run", () => {
  const run = request(resolve("infra"));
  run.getInfo()?.clearOptions();
  run.setDryrun(false);

  const command = programCommand(run, "127.0.0.1:2", "/bin/node", {});

  expect(command.env).toMatchObject({ PULUMI_NODEJS_TYPESCRIPT: "true" });
  expect(command.args).not.toContain("--dry-run");
});

test("says how to install an SDK that is missing", () => {
  const directory = mkdtempSync(join(tmpdir(), "lifeboat-program-"));
  mkdirSync(join(directory, "node_modules"));

  expect(() => programCommand(request(directory), "127.0.0.1:2", "/bin/node", {})).toThrow(/SDK is not installed.*npm ci/);
  rmSync(directory, { recursive: true });
});

test.each([
  [{ code: 0, signal: null }, false, ""],
  [{ code: 32, signal: null }, true, ""],
  [{ code: 1, signal: null }, false, "Program exited with non-zero exit code: 1"],
  [{ code: null, signal: "SIGKILL" as const }, false, "Program was ended by SIGKILL"],
])("an exit of %j", (exit, bail, error) => {
  const response = runResponse(exit);

  expect([response.getBail(), response.getError()]).toEqual([bail, error]);
});
