import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePort } from "../ports";
import { startProcess, waitUntil } from "../process";
import { enabledServices } from "./services";

/** MiniStack's own root: its key is not an IAM user's, and no policy restricts it. It bootstraps the deploy users and nothing else. */
export const rootCredentials = { accessKeyId: "test", secretAccessKey: "test" } as const;

export interface MinistackOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the clean environment. The functions inherit it. */
  readonly env?: Readonly<Record<string, string>>;
  /** An existing or new folder for its temporary files: function bundles, logs of workers. */
  readonly dataRoot: string;
  readonly logFile: string;
}

export interface Ministack {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Functions inherit MiniStack's environment, so it gets a clean one: no person's profile, proxy or endpoint may reach them. */
const environment = (options: MinistackOptions, port: number): Record<string, string> => ({
  // The functions run on the Node that runs this process, not on the machine's older one.
  PATH: [dirname(process.execPath), process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"].join(":"),
  HOME: options.dataRoot,
  TMPDIR: join(options.dataRoot, "tmp"),
  LANG: "C.UTF-8",
  AUTH: "true",
  BIND_HOST: "127.0.0.1",
  GATEWAY_PORT: String(port),
  IOT_MTLS_ENABLED: "0",
  SERVICES: enabledServices.join(","),
  AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
  ...options.env,
});

/** Starts MiniStack on a private port of 127.0.0.1, with signatures and IAM policies enforced, and waits until it answers. */
export const startMinistack = async (options: MinistackOptions): Promise<Ministack> => {
  mkdirSync(join(options.dataRoot, "tmp"), { recursive: true });
  const port = await freePort();
  const running = startProcess({
    command: options.command,
    args: options.args,
    env: environment(options, port),
    cwd: options.dataRoot,
    logFile: options.logFile,
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntil(async () => (await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(1000) })).ok, {
      timeoutMs: 30_000,
      intervalMs: 50,
      what: "MiniStack answers",
      process: running,
    });
  } catch (thrown) {
    running.kill();
    await running.exited;
    throw thrown;
  }
  return { url, port, pid: running.pid, stop: () => running.stop(3000) };
};
