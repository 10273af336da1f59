import { join } from "node:path";
import { LifeboatError } from "../../recovery/errors";
import { findOnPath, run } from "../process";
import type { Progress, Step } from "../progress";
import { installOnce } from "./cache";

/** The same version stands in pulumi/go.mod. */
export const PULUMI_VERSION = "3.274.1";

const MODULE = join(__dirname, "pulumi");
const COMMAND = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** Without it, the CLI reports no version and refuses plugins that ask for one. */
const VERSION_FLAG = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`;

export interface PulumiOptions {
  readonly progress: Progress;
  readonly cacheRoot: string;
  readonly environment: NodeJS.ProcessEnv;
}

export const builtTarget = (cacheRoot: string): string => join(cacheRoot, `pulumi-${PULUMI_VERSION}-built`);

/** The CLI for machines that reach a Go module proxy but not Pulumi's own site. It comes without a language host. */
export const builtPulumi = async (options: PulumiOptions): Promise<string> => {
  const directory = await installOnce({
    target: builtTarget(options.cacheRoot),
    step: () => options.progress.step(`building the Pulumi CLI ${PULUMI_VERSION} from its Go module: about 4 minutes the first time`),
    build: (at, step) => build(at, step, options.environment),
  });
  return join(directory, "bin", "pulumi");
};

const build = async (directory: string, step: Step, environment: NodeJS.ProcessEnv): Promise<void> => {
  if (findOnPath("go", environment.PATH ?? "") === undefined) throw withoutGo("no go on the PATH");
  const env = { ...environment, GOWORK: "off", GOFLAGS: `${environment.GOFLAGS ?? ""} -mod=readonly`.trim() };
  const go = async (args: readonly string[], onLine: (line: string) => void): Promise<string> => {
    const result = await run({ command: "go", args, env, cwd: MODULE, onLine });
    if (result.code === 0) return result.stdout;
    const last = result.stderr.trim().split("\n").slice(-5).join(" | ");
    if (/requires go >= |invalid go version|toolchain not available/.test(last)) throw withoutGo(last);
    throw new LifeboatError({
      code: "toolchain",
      what: "Could not build the Pulumi CLI",
      received: `go ${args[0]} ended with code ${result.code}: ${last}`,
      hint: "Check that the Go module proxy is reachable (GOPROXY), or install the CLI yourself: https://www.pulumi.com/docs/iac/download-install/",
    });
  };
  const packages = (await go(["list", "-deps", COMMAND], (line) => step.update(line.replace(/^go: /, "")))).trim().split("\n").length;
  let compiled = 0;
  await go(["build", "-v", "-ldflags", VERSION_FLAG, "-o", join(directory, "bin", "pulumi"), COMMAND], (line) => {
    compiled += 1;
    step.update(`compiling ${line}`, compiled / packages);
  });
};

const withoutGo = (received: string): LifeboatError =>
  new LifeboatError({
    code: "toolchain",
    what: "The Pulumi CLI is not installed, and cannot be built without a recent Go",
    received,
    allowed: `a recent pulumi on the PATH, or Go 1.21 or later, which fetches the version that the CLI needs`,
    hint: "Install the CLI (curl -fsSL https://get.pulumi.com | sh), or Go (apt-get install golang-go, or https://go.dev/dl/ where that is older)",
  });
