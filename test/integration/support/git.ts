import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../local/process";

/** At no person's settings. */
export const NOBODYS = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
const AUTHOR = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b.example", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b.example" };

export const git = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run({ command: "git", args, env: { ...process.env, ...NOBODYS, ...AUTHOR } });
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
};

/** A repository with a branch and a tag, whose one file has as many random bytes, which nothing compresses. */
export const makeRepository = async (folder: string, name: string, bytes = 0): Promise<string> => {
  const work = join(folder, name);
  await git("init", "--quiet", "-b", "main", work);
  writeFileSync(join(work, "a.bin"), Buffer.concat([Buffer.from(name), randomBytes(bytes)]));
  await git("-C", work, "add", ".");
  await git("-C", work, "commit", "--quiet", "-m", name);
  await git("-C", work, "tag", "v1");
  return work;
};
