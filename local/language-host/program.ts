import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { LifeboatError } from "../../recovery/errors";
import { type Command, type Exit, startProcess } from "../process";
import { runtimeOptions } from "./runtime-options";

/** The SDK's runner ends with this code when it has told the person everything: the engine must add nothing. */
const ALREADY_REPORTED = 32;

/** The command that the SDK's own runner expects: `@pulumi/pulumi/cmd/run` of the program's own SDK. */
export const programCommand = (request: RunRequest, engine: string, node: string, environment: NodeJS.ProcessEnv): Command => {
  const info = request.getInfo();
  if (info === undefined)
    throw new LifeboatError({ code: "internal", what: "The engine sent no program", hint: "Use Pulumi 3.250 or later" });
  if (request.getAttachDebugger()) {
    throw new LifeboatError({
      code: "unsupported",
      what: "The local language host attaches no debugger",
      hint: "Add --inspect-brk to nodeargs in Pulumi.yaml, or install the Pulumi CLI with its own language host",
    });
  }
  const options = runtimeOptions(info.getOptions());
  const directory = info.getProgramDirectory();
  const flags: [string, string][] = [
    ["--monitor", request.getMonitorAddress()],
    ["--engine", engine],
    ["--organization", request.getOrganization()],
    ["--project", request.getProject()],
    ["--stack", request.getStack()],
    ["--root-directory", info.getRootDirectory()],
    ["--pwd", directory],
    ["--parallel", String(request.getParallel())],
  ];
  const entry = info.getEntryPoint();
  return {
    command: node,
    args: [
      ...options.nodeArgs,
      runnerOf(directory),
      ...flags.flatMap(([flag, value]) => (value === "" ? [] : [flag, value])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      // "." makes the runner look up the package's own entry point.
      entry === "" || entry === "." ? "." : resolve(directory, entry),
      ...request.getArgsList(),
    ],
    cwd: directory,
    env: {
      ...environment,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    },
  };
};

const runnerOf = (directory: string): string => {
  try {
    return createRequire(join(directory, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch (cause) {
    throw new LifeboatError({
      code: "toolchain",
      what: "The Pulumi SDK is not installed beside the program",
      received: directory,
      hint: "Run npm ci in the project",
      cause,
    });
  }
};

export const runResponse = (exit: Exit): RunResponse => {
  const response = new RunResponse();
  if (exit.code === ALREADY_REPORTED) response.setBail(true);
  else if (exit.signal !== null) response.setError(`Program was ended by ${exit.signal}`);
  else if (exit.code !== 0) response.setError(`Program exited with non-zero exit code: ${exit.code}`);
  return response;
};

/** Its output goes where the host's goes: the engine shows it as the program's. */
export const runProgram = async (command: Command): Promise<RunResponse> =>
  runResponse(await startProcess({ ...command, inheritOutput: true }).exited);
