import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { repositoriesFile } from "../../../infra/components/configuration/gitJob";
import { IMAGE_TOOLS, toolDirectory } from "../../../local/pods/images/tools";
import { findOnPath, type RunningProcess, run, startProcess } from "../../../local/process";
import { CONFIGURATION_EXPORT, ConfigurationManifest } from "../../../recovery/configuration/manifest";
import { METRICS } from "../../../recovery/names";
import { awsCliTool } from "../../support/python-tool";
import { type Credentials, SYSTEM } from "./configuration";
import { primary, recovery, root } from "./emulator";
import { git, NOBODYS } from "./git";

const SCRIPTS = join(__dirname, "..", "..", "..", "infra", "components", "configuration", "git");
const MIB = 1024 * 1024;

export const GIT_STEPS = [
  ["bash", "credentials.sh"],
  ["sh", "bundle.sh"],
  ["bash", "upload.sh"],
] as const;
export type GitStep = (typeof GIT_STEPS)[number];

export interface GitRunOptions {
  readonly endpoint?: string;
  readonly bucket?: string;
  readonly credentials?: Credentials;
  readonly repositories: Parameters<typeof repositoriesFile>[0];
  /** What the job's limits are otherwise than usual. */
  readonly env?: Readonly<Record<string, string>>;
  /** Programs that stand before the images' own, by their names: shell scripts that find the real one in $REAL. */
  readonly shims?: Readonly<Record<string, string>>;
}

/** One run of the git job, as a pod has it: its own folders, and each step with the tools of its image alone. */
export class GitRun {
  readonly root = mkdtempSync(join(tmpdir(), "lifeboat-git-job-"));
  readonly work = join(this.root, "work");
  private readonly log = join(this.root, "log");

  private constructor(
    private readonly paths: Readonly<Record<"bash" | "sh", string>>,
    private readonly env: NodeJS.ProcessEnv,
    private readonly repositories: GitRunOptions["repositories"],
  ) {}

  static async make({ endpoint = "", bucket = "", credentials = root, repositories, env, shims = {} }: GitRunOptions): Promise<GitRun> {
    const aws = await awsCliTool();
    const path = process.env.PATH ?? "";
    const paths = { bash: "", sh: "" };
    const settings = {
      ...NOBODYS,
      ...{ AWS_ENDPOINT_URL: endpoint, AWS_REGION: primary, AWS_DEFAULT_REGION: primary, AWS_CONFIG_FILE: "/dev/null" },
      ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
      ...{
        SYSTEM,
        STAGING_BUCKET: bucket,
        RECOVERY_REGION: recovery,
        REFRESH_SECONDS: "86400",
        PART_BYTES: String(64 * MIB),
      },
      // Without a bucket of this name nobody can look into the vault, which keeps no repository from being exported.
      ...{ VAULT_BUCKET: "no-vault", LOOK_SECONDS: "60", REFRESH_UNPROVEN_SECONDS: "1800" },
      ...{ METRIC_NAMESPACE: METRICS.namespace, LAG_METRIC: METRICS.configurationLag },
      // The first repository of the list is the first of each run: this turn lasts a century.
      ...{ EVERY_SECONDS: String(10 ** 10), BUNDLE_SECONDS: "60", UPLOAD_SECONDS: "60", WORK_BYTES: String(64 * MIB) },
      ...env,
    };
    const made = new GitRun(paths, settings, repositories);
    const at = (name: string): string => join(made.root, name);
    Object.assign(made.env, { WORK: made.work, FILES: at("files"), CREDENTIALS: at("credentials"), TMPDIR: made.root, HOME: made.root });
    for (const each of ["work", "credentials"]) mkdirSync(at(each));
    cpSync(SCRIPTS, at("files"), { recursive: true });
    writeFileSync(join(at("files"), "repositories.tsv"), repositoriesFile(repositories));
    paths.bash = toolDirectory(at("aws-cli"), IMAGE_TOOLS.awsCli, { aws }, path);
    paths.sh = toolDirectory(at("git"), IMAGE_TOOLS.git, { git: findOnPath("git", path) ?? "" }, path);
    for (const directory of Object.values(paths)) for (const [name, script] of Object.entries(shims)) shim(directory, name, script);
    return made;
  }

  /** `before`: a command that runs the step. */
  async step([shell, script]: GitStep, before: readonly string[] = []): Promise<{ code: number; said: string }> {
    const [command = "", ...args] = [...before, join(this.paths[shell], shell), join(this.root, "files", script)];
    const { code, stdout, stderr } = await run({
      ...{ command, args, cwd: this.root },
      env: { ...this.env, PATH: before.length === 0 ? this.paths[shell] : [this.paths[shell], process.env.PATH].join(delimiter) },
    });
    return { code, said: stdout + stderr };
  }

  /** A step that can be killed. */
  start([shell, script]: GitStep): RunningProcess {
    return startProcess({
      ...{ command: join(this.paths[shell], shell), args: [join(this.root, "files", script)], cwd: this.root },
      ...{ env: { ...this.env, PATH: this.paths[shell] }, logFile: this.log, group: true },
    });
  }

  /** All steps, each where the one before it did not fail, as init containers are. */
  async all(): Promise<{ code: number; said: string }> {
    let said = "";
    for (const step of GIT_STEPS) {
      const finished = await this.step(step);
      said += finished.said;
      if (finished.code !== 0) return { code: finished.code, said };
    }
    return { code: 0, said };
  }

  /** What the first step does for repositories without secrets of which nothing was exported yet: then no AWS is needed. */
  makeFolders(): void {
    for (const { name } of this.repositories) mkdirSync(this.folder(name), { recursive: true });
  }

  async bundle(before: readonly string[] = []): Promise<{ code: number; said: string }> {
    this.makeFolders();
    return this.step(GIT_STEPS[1], before);
  }

  /** The manifest that was written for a repository, and a clone of its bundle. */
  async exported(name: string): Promise<{ manifest: ConfigurationManifest; contradictions: readonly string[]; clone: string } | undefined> {
    const file = join(this.folder(name), "export", "manifest.json");
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, "utf8");
    const manifest = ConfigurationManifest.parse(JSON.parse(text));
    const bundle = join(this.root, `${name}.bundle`);
    const parts = manifest.parts.map(({ key }) => readFileSync(join(this.folder(name), "export", key.slice(key.lastIndexOf("/") + 1))));
    writeFileSync(bundle, Buffer.concat(parts));
    const clone = join(this.root, `${name}-clone.git`);
    rmSync(clone, { recursive: true, force: true });
    await git("clone", "--quiet", "--mirror", bundle, clone);
    return { manifest, contradictions: CONFIGURATION_EXPORT.facts(text).contradictions, clone };
  }

  /** A repository's own in $WORK. */
  folder(name: string): string {
    return join(this.work, "repositories", name);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Puts a script before a program of a tool folder, where the folder has that program. */
const shim = (directory: string, name: string, script: string): void => {
  const real = findOnPath(name, directory);
  if (real === undefined || !existsSync(real)) return;
  const link = join(directory, "real", name);
  mkdirSync(join(directory, "real"), { recursive: true });
  symlinkSync(findOnPath(name, process.env.PATH ?? "") ?? real, link);
  rmSync(real);
  writeFileSync(join(directory, name), `#!/bin/sh\nREAL=${link}\n${script}\n`);
  chmodSync(join(directory, name), 0o755);
};
