import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { type ImageMap, type PodRunner, startPods, writeKubeconfig } from "../../local/pods";
import { waitUntil } from "../../local/process";

const SERVER = resolve(__dirname, "http-server.cjs");
const node = (...args: string[]) => ({ command: process.execPath, args });

/** Small programs that stand for images: a web server on port 80, one that fails, one that is done at once, one that prints what it got. */
export const testImages: ImageMap = [
  { match: /^web:/, start: async ({ hostPort }) => node(SERVER, String(await hostPort(80))) },
  { match: /^fails:/, start: () => node("-e", "console.error('no disk left'); process.exit(3)") },
  { match: /^done:/, start: () => node("-e", "") },
  {
    match: /^prints:/,
    start: ({ env, hostPath }) => ({
      ...node("-e", `console.log(process.env.GREETING, require("fs").readFileSync(process.argv[1], "utf8"))`, hostPath("/config/name")),
      env,
    }),
  },
];

export interface TestPods {
  readonly runner: PodRunner;
  /** A kubeconfig file with the runner's context. */
  readonly kubeconfigFile: string;
  /** The independent client's own reading of that file. */
  readonly config: KubeConfig;
  stop(): Promise<void>;
}

/** A pod runner of a test's own, in a folder that goes with it. */
export const startTestPods = async (region: string, images: ImageMap = testImages): Promise<TestPods> => {
  const root = mkdtempSync(join(tmpdir(), "lifeboat-pods-"));
  const runner = await startPods({ region, dataRoot: root, images, restartBackoffSeconds: 1 });
  const kubeconfigFile = join(root, "kubeconfig");
  writeKubeconfig(kubeconfigFile, [runner]);
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  const stop = async (): Promise<void> => {
    await runner.stop();
    rmSync(root, { recursive: true, force: true });
  };
  return { runner, kubeconfigFile, config, stop };
};

export const until = (what: string, probe: () => boolean | Promise<boolean>): Promise<void> =>
  waitUntil(probe, { timeoutMs: 20_000, intervalMs: 50, what });
