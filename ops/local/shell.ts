/** A word that any shell of the POSIX family reads as exactly this text. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A variable that says which stack, cloud, cluster or database is a person's own: it must not leak into the run. */
export const isOfSession = (name: string): boolean => /^(PULUMI_|AWS_|PG[A-Z]+$|KUBECONFIG$)/.test(name);

export interface ShellChanges {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** Directories of commands: before and after what the shell has. */
  readonly path: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** Lines for `eval`. Applied twice they change nothing more. */
export const shellLines = ({ set, unset, path }: ShellChanges): string =>
  [
    ...unset.map((name) => `unset ${name}`),
    ...pathLines(path),
    ...Object.entries(set).map(([name, value]) => `export ${name}=${quoted(value)}`),
  ]
    .map((line) => `${line}\n`)
    .join("");

const pathLines = ({ before, after }: ShellChanges["path"]): readonly string[] => {
  const first = quoted(before.join(":"));
  const last = quoted(after.join(":"));
  return [`case ":$PATH:" in *:${first}:*) ;; *) export PATH=${first}:"$PATH":${last} ;; esac`];
};
