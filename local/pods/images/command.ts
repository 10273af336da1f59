import { mkdirSync } from "node:fs";
import type { LocalCommand, ResolvedContainer } from "./image-map";

export interface CommandParts {
  /** What the image runs when the container names no command. */
  readonly entrypoint: readonly string[];
  /** Directories of programs: all that is found by name. */
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A container's own command, as declared, on the folders of this machine. https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/ */
export const localCommand = (container: ResolvedContainer, { entrypoint, path, env }: CommandParts): LocalCommand => {
  const [command = "", ...args] = [...(container.command ?? entrypoint), ...(container.args ?? [])].map((text) =>
    container.localText(text),
  );
  const declared = Object.entries(container.env).map(([name, value]) => [name, container.localText(value)]);
  const cwd = container.hostPath(container.workingDir ?? "/");
  mkdirSync(cwd, { recursive: true });
  return {
    command,
    args,
    env: { ...Object.fromEntries(declared), ...env, PATH: path },
    cwd,
  };
};
