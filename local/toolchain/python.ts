import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { LifeboatError } from "../../recovery/errors";
import { findOnPath, run } from "../process";
import type { Progress, Step } from "../progress";
import { installOnce } from "./cache";

/** Packages that belong together; each set is an environment of its own, because the AWS CLI pins a botocore that the emulator's is newer than. */
interface Packages {
  readonly name: string;
  readonly requirements: string;
  readonly installing: string;
}

const EMULATOR: Packages = {
  name: "python",
  requirements: join(__dirname, "python", "requirements.txt"),
  installing: "installing the emulator and the Chroma server from PyPI: about a minute the first time",
};
const AWS_CLI: Packages = {
  name: "aws-cli",
  requirements: join(__dirname, "python", "aws-cli.txt"),
  installing: "installing the AWS CLI from PyPI",
};

/** The pinned numpy needs it: https://numpy.org/neps/nep-0029-deprecation_policy.html */
const OLDEST_MINOR = 11;
const NAMES = ["python3", "python3.13", "python3.12", "python3.11"];

export interface PythonOptions {
  readonly progress: Progress;
  readonly cacheRoot: string;
  readonly environment: NodeJS.ProcessEnv;
  /** As root, a missing `venv` module is installed; anyone else is told the command. */
  readonly isRoot: boolean;
}

/** The `bin` directory of a virtual environment with the emulator and the Chroma server, made anew when the requirements change. */
export const ensureVirtualEnvironment = (options: PythonOptions): Promise<string> => ensure(EMULATOR, options);

/** The `aws` command, in a virtual environment of its own. */
export const ensureAwsCli = async (options: PythonOptions): Promise<string> => join(await ensure(AWS_CLI, options), "aws");

const ensure = async ({ name, requirements, installing }: Packages, options: PythonOptions): Promise<string> => {
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const directory = await installOnce({
    target: join(options.cacheRoot, `${name}-${key}`),
    usable: isUsable,
    step: () => options.progress.step(installing),
    build: (at, step) => build(requirements, at, step, options),
  });
  return join(directory, "bin");
};

/** The system's Python may have gone, or have become another one, since its environment was made. */
const isUsable = (directory: string): boolean => {
  const python = join(directory, "bin", "python");
  if (!existsSync(python)) return false;
  const version = basename(realpathSync(python));
  return !/^python3\.\d+$/.test(version) || existsSync(join(directory, "lib", version));
};

const build = async (requirements: string, directory: string, step: Step, options: PythonOptions): Promise<void> => {
  const { environment } = options;
  const python = (await findPython(environment)) ?? (await installPython(step, options));
  await must({ command: python, args: ["-m", "venv", directory], environment, doing: "create a virtual environment" });
  const pinned = readFileSync(requirements, "utf8")
    .split("\n")
    .filter((line) => line.includes("==")).length;
  let seen = 0;
  await must({
    command: join(directory, "bin", "python"),
    args: ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", requirements],
    environment,
    doing: "install the Python packages",
    onLine: (line) => {
      if (line.startsWith("Collecting ")) {
        seen += 1;
        step.update(`fetching ${line.split(" ")[1]}`, Math.min(1, seen / pinned));
      } else if (line.startsWith("Installing ")) step.update("unpacking", 1);
    },
  });
};

/** The first Python that is new enough and can make virtual environments. */
const findPython = async (environment: NodeJS.ProcessEnv): Promise<string | undefined> => {
  for (const name of NAMES) {
    const file = findOnPath(name, environment.PATH ?? "");
    if (file === undefined) continue;
    const probe = `import sys, venv, ensurepip; sys.exit(sys.version_info < (3, ${OLDEST_MINOR}))`;
    if ((await run({ command: file, args: ["-c", probe], env: environment })).code === 0) return file;
  }
  return undefined;
};

const installPython = async (step: Step, options: PythonOptions): Promise<string> => {
  const { environment } = options;
  if (options.isRoot && findOnPath("apt-get", environment.PATH ?? "") !== undefined) {
    step.update("apt-get install python3-venv");
    await run({
      command: "apt-get",
      args: ["install", "-y", "--no-install-recommends", "python3", "python3-venv"],
      env: { ...environment, DEBIAN_FRONTEND: "noninteractive" },
    });
    const found = await findPython(environment);
    if (found !== undefined) return found;
  }
  throw new LifeboatError({
    code: "toolchain",
    what: "No Python was found that can make a virtual environment",
    received: `${NAMES.join(", ")} on PATH=${environment.PATH ?? ""}`,
    allowed: `Python 3.${OLDEST_MINOR} or later with its venv module`,
    hint: "Run: sudo apt-get install python3 python3-venv (macOS: brew install python)",
  });
};

const must = async (options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly doing: string;
  readonly onLine?: (line: string) => void;
}): Promise<void> => {
  const { command, args, environment } = options;
  const result = await run({ command, args, env: environment, onLine: options.onLine });
  if (result.code === 0) return;
  throw new LifeboatError({
    code: "toolchain",
    what: `Could not ${options.doing}`,
    received: `${[command, ...args].join(" ")} ended with code ${result.code}: ${result.stderr.trim().split("\n").slice(-5).join(" | ")}`,
    hint: "Check that the package index is reachable (pip's own settings apply, such as PIP_INDEX_URL), then start again",
  });
};
