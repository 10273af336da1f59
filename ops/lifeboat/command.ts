/** What a command says, and to whom: results to standard output, progress and errors to standard error. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly projectDir: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** One command of `npm run lifeboat -- NAME`. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  readonly usage: string;
  /** Resolves to the exit code: 0 done, 1 done and something is wrong. @throws LifeboatError for bad input, before anything is done. */
  run(argv: readonly string[], io: CommandIo): Promise<number>;
}
