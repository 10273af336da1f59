/** The tools of a run, found or installed. */
export interface Toolchain {
  /** The Pulumi CLI. */
  readonly pulumi: string;
  /** The virtual environment's Python, and its directory of commands. */
  readonly python: string;
  readonly venvBin: string;
  readonly ministack: { readonly command: string; readonly args: readonly string[] };
  /** The `chroma` command: `chroma run --path DIR --port N`. */
  readonly chroma: string;
  /** The directory of PostgreSQL's servers and tools: `initdb`, `postgres`, `pg_basebackup`. */
  readonly postgresBin: string;
  /** The `aws` command, version 1. */
  readonly awsCli: string;
  /** A `zstd` command: the machine's, or one over Node's own zstd. */
  readonly zstd: string;
  readonly node: string;
  readonly nodeDir: string;
  /** First on the PATH: `pulumi`, and the language host where the CLI has none of its own. */
  readonly binDir: string;
  /** The run's own PULUMI_HOME. */
  readonly pulumiHome: string;
}
