/** What a call of `zstd` asks for. https://github.com/facebook/zstd/blob/dev/programs/zstd.1.md */
export interface ZstdCall {
  readonly mode: "compress" | "decompress" | "test";
  readonly level: number;
  /** Standard input when not given. */
  readonly input?: string;
  /** Standard output when not given. */
  readonly output?: string;
}

const DEFAULT_LEVEL = 3;
const MODES: ReadonlyMap<string, ZstdCall["mode"]> = new Map([
  ["-z", "compress"],
  ["--compress", "compress"],
  ["-d", "decompress"],
  ["--decompress", "decompress"],
  ["-t", "test"],
  ["--test", "test"],
]);
/** Which change nothing here: one thread, no progress, and a file that is there is written over. */
const IGNORED = /^(-q|--quiet|-c|--stdout|-f|--force|-k|--keep|--check|-T\d+|--threads=\d+|--single-thread|--no-progress)$/;

/** @throws Error that names an option of the real command that this one does not have. */
export const readArguments = (args: readonly string[]): ZstdCall => {
  let mode: ZstdCall["mode"] = "compress";
  let level = DEFAULT_LEVEL;
  let input: string | undefined;
  let output: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (arg === "-o") {
      at += 1;
      output = args[at];
      if (output === undefined) throw new Error("-o needs a file");
    } else if (/^-\d{1,2}$/.test(arg)) level = Number(arg.slice(1));
    else if (MODES.has(arg)) mode = MODES.get(arg) ?? mode;
    else if (arg.startsWith("-") && arg !== "-") {
      if (!IGNORED.test(arg)) throw new Error(`${arg} is not an option of this stand-in; install zstd`);
    } else if (input !== undefined) throw new Error("this stand-in takes one file; install zstd");
    else if (arg !== "-") input = arg;
  }
  if (input !== undefined && output === undefined && mode !== "test" && !args.some((arg) => arg === "-c" || arg === "--stdout"))
    throw new Error("this stand-in names no output file by itself: say -o FILE or -c");
  return { mode, level, ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
};
