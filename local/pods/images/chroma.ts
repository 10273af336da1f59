import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalCommand, MappedImage, ResolvedContainer } from "./image-map";

const DEFAULT_PORT = 8000;
const DEFAULT_PERSIST_PATH = "/data";

/**
 * The official Chroma image on the server from PyPI. The image runs `chroma run /config.yaml` with a file that says `persist_path: "/data"`:
 * https://github.com/chroma-core/chroma/blob/main/rust/Dockerfile (stage `cli`). There the environment (`CHROMA_...`) goes before the file;
 * a run by flags (`run --path ...`) reads neither.
 */
export const chromaImage = (chroma: string): MappedImage => ({
  match: /^(docker\.io\/)?chromadb\/chroma(:|@|$)|^ghcr\.io\/chroma-core\/chroma(:|@|$)/,
  start: async (container) => {
    const args = argsOf(container);
    return args.includes("--path") || args.some((arg) => arg.startsWith("--path="))
      ? byFlags(chroma, container, args)
      : byFile(chroma, container, args);
  },
});

/** What the container runs, as arguments of `chroma`: a `command` replaces the image's entrypoint, so it names `chroma` itself. */
const argsOf = ({ command, args }: ResolvedContainer): readonly string[] => {
  const [, ...afterProgram] = command ?? [];
  const given = command === undefined ? (args ?? ["run", "/config.yaml"]) : [...afterProgram, ...(args ?? [])];
  const program = command?.[0];
  const named = program === undefined || /(^|\/)chroma$/.test(program);
  if (!named || given[0] !== "run") {
    const received = [...(command ?? []), ...(args ?? [])].join(" ");
    throw new Error(`the local Chroma image runs "chroma run ..." only, and was told: ${received}`);
  }
  return given.slice(1);
};

const byFlags = async (chroma: string, container: ResolvedContainer, args: readonly string[]): Promise<LocalCommand> => {
  const flags = flagsOf(args);
  const path = container.hostPath(flags.get("path") ?? DEFAULT_PERSIST_PATH);
  const port = await container.hostPort(Number(flags.get("port") ?? DEFAULT_PORT));
  return { command: chroma, args: ["run", "--path", path, "--host", "127.0.0.1", "--port", String(port)], env: container.env };
};

const byFile = async (chroma: string, container: ResolvedContainer, args: readonly string[]): Promise<LocalCommand> => {
  const file = args.find((arg) => !arg.startsWith("-"));
  if (file !== "/config.yaml" || args.length > 1)
    throw new Error(`the local Chroma image knows "run /config.yaml" and "run --path ...", and was told: run ${args.join(" ")}`);
  const { CHROMA_PERSIST_PATH, CHROMA_PORT, CHROMA_LISTEN_ADDRESS: _everywhere, ...env } = container.env;
  const path = container.hostPath(CHROMA_PERSIST_PATH ?? DEFAULT_PERSIST_PATH);
  const port = await container.hostPort(Number(CHROMA_PORT ?? DEFAULT_PORT));
  const folder = container.hostPath("/etc/lifeboat");
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "config.yaml");
  writeFileSync(config, `persist_path: ${JSON.stringify(path)}\nlisten_address: "127.0.0.1"\nport: ${port}\n`);
  return { command: chroma, args: ["run", config], env };
};

const flagsOf = (args: readonly string[]): ReadonlyMap<string, string> => {
  const flags = new Map<string, string>();
  args.forEach((arg, at) => {
    const match = /^--(path|host|port)(?:=(.*))?$/.exec(arg);
    const value = match?.[2] ?? args[at + 1];
    if (match?.[1] !== undefined && value !== undefined) flags.set(match[1], value);
  });
  return flags;
};
