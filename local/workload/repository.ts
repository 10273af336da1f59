import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LifeboatError } from "../../recovery/errors";
import { run } from "../process";

/** The company's configuration in git, as a server serves it: a bare repository of this machine. */
export interface Repository {
  readonly url: string;
  /** Every ref below `refs/`, by name. */
  refs(): Promise<Readonly<Record<string, string>>>;
}

/** A person's own settings (signing, hooks, templates) must not decide what a repository of ours is. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "acme",
  GIT_AUTHOR_EMAIL: "platform@acme.example",
  GIT_COMMITTER_NAME: "acme",
  GIT_COMMITTER_EMAIL: "platform@acme.example",
});

const VERSIONS = ["replicas: 2\nlog: info\n", "replicas: 3\nlog: info\n", "replicas: 3\nlog: warn\n"];

/** A repository with a history, a branch and an annotated tag, in a folder that must not be there yet. */
export const createRepository = async (folder: string): Promise<Repository> => {
  const working = join(folder, "working");
  const bare = join(folder, "acme.git");
  await mkdir(working, { recursive: true });
  const git = async (cwd: string, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run({ command: "git", args, cwd, env: environment() });
    if (code === 0) return stdout;
    throw new LifeboatError({
      code: "toolchain",
      what: "git could not make the company's repository",
      received: `git ${args.join(" ")}: ${stderr.trim()}`,
      hint: "Install git 2.28 or later (apt-get install git)",
    });
  };
  await git(working, "init", "--quiet", "--initial-branch=main");
  for (const [version, content] of VERSIONS.entries()) {
    await writeFile(join(working, "service.yaml"), content);
    await git(working, "add", "service.yaml");
    await git(working, "commit", "--quiet", "--message", `Configuration ${version + 1}`);
  }
  await git(working, "branch", "canary", "HEAD~1");
  await git(working, "tag", "--annotate", "--message", "First release", "v1", "HEAD~2");
  await git(folder, "clone", "--quiet", "--bare", "working", "acme.git");
  return {
    url: pathToFileURL(bare).href,
    refs: async () => refsOf(await git(bare, "for-each-ref", "--format=%(objectname) %(refname)")),
  };
};

/** Lines of an object's name and a ref's. */
const refsOf = (listed: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]),
  );
