import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { messageOf } from "../../recovery/errors";
import { findOnPath, run } from "../process";
import { builtPulumi, builtTarget, type PulumiOptions } from "./pulumi-build";

/** Older ones lack the event stream and the language host protocol that are used here. */
const OLDEST = [3, 250] as const;

const INSTALLER = "https://get.pulumi.com/install.sh";
const INSTALLER_ANSWERS_MS = 3_000;

/** The Pulumi CLI: the person's own, else the official one, else one built from its Go module. */
export const ensurePulumi = async (options: PulumiOptions): Promise<string> =>
  (await ownPulumi(options.environment)) ?? installed(options.cacheRoot) ?? (await officialPulumi(options)) ?? (await builtPulumi(options));

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.trim().replace(/^v/, "").split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
};

/** The one on the PATH, when it is new enough. */
export const ownPulumi = async (environment: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const file = findOnPath("pulumi", environment.PATH ?? "");
  if (file === undefined) return undefined;
  const result = await run({ command: file, args: ["version"], env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" } });
  return result.code === 0 && isNewEnough(result.stdout) ? file : undefined;
};

const officialTarget = (cacheRoot: string): string => join(cacheRoot, `pulumi-${sdkVersion}-official`);

const installed = (cacheRoot: string): string | undefined =>
  [officialTarget(cacheRoot), builtTarget(cacheRoot)].map((target) => join(target, "bin", "pulumi")).find((file) => existsSync(file));

/** The version that belongs to the SDK, by the Automation API's own installer, where its site answers at once. */
const officialPulumi = async (options: PulumiOptions): Promise<string | undefined> => {
  const step = options.progress.step(`looking for the official Pulumi CLI ${sdkVersion}`);
  try {
    const answer = await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(INSTALLER_ANSWERS_MS) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const target = officialTarget(options.cacheRoot);
    const directory = `${target}.${process.pid}.${randomBytes(4).toString("hex")}`;
    await mkdir(dirname(target), { recursive: true });
    try {
      const { PulumiCommand } = await import("@pulumi/pulumi/automation");
      await PulumiCommand.install({ root: directory });
      await rename(directory, target);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
    step.done();
    return join(target, "bin", "pulumi");
  } catch (thrown) {
    step.done(`not to be had here (${messageOf(thrown)})`);
    // Another run may have installed it meanwhile, which is why this one could not.
    return installed(options.cacheRoot);
  }
};
