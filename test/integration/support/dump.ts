import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { findOnPath, type RunningProcess, run, startProcess } from "../../../local/process";
import { silentProgress } from "../../../local/progress";
import { ensurePostgres } from "../../../local/toolchain/postgres";
import { ensureZstd } from "../../../local/toolchain/zstd";
import { PostgresDump } from "../../../recovery/postgres/dump-manifest";
import { awsCliTool } from "../../support/python-tool";

const SCRIPTS = resolve(__dirname, "..", "..", "..", "infra", "components", "postgres", "dump");

/** The programs that the images of the dump's job have, of this machine. */
export interface DumpTools {
  readonly path: string;
  readonly postgresBin: string;
  readonly zstd: string;
  readonly aws: string;
}

export const dumpTools = async (): Promise<DumpTools> => {
  const environment = process.env;
  const isRoot = process.getuid?.() === 0;
  const postgresBin = await ensurePostgres({ progress: silentProgress, environment, isRoot });
  const binDir = mkdtempSync(join(tmpdir(), "lifeboat-dump-bin-"));
  const zstd = await ensureZstd({ binDir, node: process.execPath, environment });
  const aws = await awsCliTool();
  return { path: [postgresBin, dirname(zstd), dirname(aws), "/usr/bin", "/bin"].join(delimiter), postgresBin, zstd, aws };
};

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** One run of the job: its folders, and its steps as they are run in a pod. */
export class DumpRun {
  readonly root = mkdtempSync(join(tmpdir(), "lifeboat-dump-"));
  readonly work = join(this.root, "work");
  readonly credentials = join(this.root, "credentials");
  readonly log = join(this.root, "log");

  constructor(
    private readonly tools: DumpTools,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    mkdirSync(this.work);
    mkdirSync(this.credentials);
  }

  /** What the first step leaves. */
  giveCredentials(values: { readonly username: string; readonly password: string; readonly ca: string }): void {
    writeFileSync(join(this.credentials, "username"), values.username);
    writeFileSync(join(this.credentials, "password"), values.password);
    writeFileSync(join(this.credentials, "authorities.pem"), values.ca);
  }

  /** `before`: a command that runs the step; `path`: what comes before the programs. */
  async step(script: string, { before = [], path = [] }: { before?: readonly string[]; path?: readonly string[] } = {}): Promise<Finished> {
    const [command = "bash", ...args] = [...before, ...bash(script)];
    const { code, stdout, stderr } = await run({ command, args, env: this.environment(path), cwd: this.root });
    return { code, output: `${stdout}${stderr}` };
  }

  start(script: string): RunningProcess {
    return startProcess({
      command: bashPath(),
      args: bash(script).slice(1),
      env: this.environment([]),
      cwd: this.root,
      logFile: this.log,
      group: true,
    });
  }

  manifest(): PostgresDump {
    return PostgresDump.parse(JSON.parse(readFileSync(join(this.work, "dump", "manifest.json"), "utf8")));
  }

  /** A part's bytes, by its key. */
  part(key: string): Buffer {
    return readFileSync(join(this.work, "dump", ...key.split("/").slice(2)));
  }

  private environment(path: readonly string[]): NodeJS.ProcessEnv {
    return {
      ...this.env,
      PATH: [...path, this.tools.path].join(delimiter),
      HOME: this.root,
      TMPDIR: this.root,
      WORK: this.work,
      FILES: SCRIPTS,
      CREDENTIALS: this.credentials,
    };
  }
}

const bash = (script: string): readonly string[] => [bashPath(), join(SCRIPTS, script)];

const bashPath = (): string => {
  const found = findOnPath("bash", process.env.PATH ?? "");
  if (found === undefined) throw new Error("no bash");
  return found;
};
