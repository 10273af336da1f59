import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, realpath, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LifeboatError } from "../../recovery/errors";
import type { Step } from "../progress";
import { isRunning, lock } from "./lock";

/** Outside the checkout, so that a fresh clone finds what an earlier one installed. https://specifications.freedesktop.org/basedir-spec/latest/ */
export const defaultCacheRoot = (environment: NodeJS.ProcessEnv): string => {
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, "lifeboat");
  if (environment.HOME) return join(environment.HOME, ".cache", "lifeboat");
  throw new LifeboatError({
    code: "toolchain",
    what: "There is no place for the tools",
    received: "neither XDG_CACHE_HOME nor HOME is set",
    hint: "Set XDG_CACHE_HOME to a directory that can be written to",
  });
};

/**
 * Installs into `<target>` once. `build` fills a directory of its own name, where it stays; `target` is a link to it that appears
 * when it is complete, so that an interrupted build is never taken for a finished one.
 */
export const installOnce = async (options: {
  readonly target: string;
  /** False when an installation has decayed, for example because the system's Python is gone. */
  readonly usable?: (directory: string) => boolean;
  readonly step: () => Step;
  readonly build: (directory: string, step: Step) => Promise<void>;
}): Promise<string> => {
  const { target } = options;
  const ready = (): boolean => existsSync(target) && (options.usable?.(target) ?? true);
  if (ready()) return realpath(target);
  await mkdir(dirname(target), { recursive: true });
  const step = options.step();
  const release = await lock(`${target}.lock`, ready, step);
  try {
    if (ready()) {
      step.done("another run installed it");
      return await realpath(target);
    }
    await removeLeftovers(target);
    const directory = `${target}.${process.pid}.${randomBytes(4).toString("hex")}`;
    try {
      await options.build(directory, step);
      await symlink(basename(directory), `${directory}.link`);
      await rename(`${directory}.link`, target);
    } catch (thrown) {
      await rm(directory, { recursive: true, force: true });
      throw thrown;
    }
    step.done();
    return directory;
  } catch (thrown) {
    step.fail("failed");
    throw thrown;
  } finally {
    release();
  }
};

/** Directories of builds that ended without a link to them: their builder is no longer running. */
const removeLeftovers = async (target: string): Promise<void> => {
  const inUse = existsSync(target) ? await realpath(target) : undefined;
  for (const name of await readdir(dirname(target))) {
    const pid = name.startsWith(`${basename(target)}.`) ? /\.(\d+)\.[0-9a-f]{8}(?:\.link)?$/.exec(name)?.[1] : undefined;
    const path = join(dirname(target), name);
    if (pid !== undefined && path !== inUse && !isRunning(Number(pid))) await rm(path, { recursive: true, force: true });
  }
};
