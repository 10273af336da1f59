import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ministack, rootCredentials, startMinistack } from "../../../local/emulator";
import { settingsOf } from "../../../local/plugins/aws/configuration";
import { AwsClients, type AwsContext } from "../../../local/plugins/aws/context";
import type { FunctionHandler, ResourceHandler } from "../../../local/plugins/protocol/resource";
import { pythonTool } from "../../support/python-tool";
import { usePlugin } from "./served";
import type { OpenPlugin } from "./suite";

export interface Aws {
  readonly plugin: OpenPlugin;
  /** SDK clients of the same emulator, to change things behind the engine's back. */
  readonly outside: () => AwsContext;
}

export const region = "us-east-1";
export const otherRegion = "eu-west-1";

/** A MiniStack of this file's own. */
export function useMinistack(): () => string {
  let ministack: Ministack | undefined;
  let dataRoot = "";
  // The toolchain's first installation takes a minute.
  beforeAll(async () => {
    dataRoot = await mkdtemp(join(tmpdir(), "lifeboat-conformance-"));
    const command = await pythonTool("ministack");
    ministack = await startMinistack({ command, args: [], dataRoot, logFile: join(dataRoot, "ministack.log") });
  }, 300_000);
  afterAll(async () => {
    await ministack?.stop();
    await rm(dataRoot, { recursive: true, force: true });
  });
  return () => {
    if (ministack === undefined) throw new Error("MiniStack is started before the tests run");
    return ministack.url;
  };
}

const config = {
  region,
  accessKey: rootCredentials.accessKeyId,
  secretKey: rootCredentials.secretAccessKey,
  endpoints: "[]",
  skipCredentialsValidation: "true",
};

/** SDK clients of the emulator at `url`, as its root. */
export const outsideOf = (url: string): AwsContext => new AwsClients(settingsOf(config, { AWS_ENDPOINT_URL: url }));

/** A MiniStack of this file's own, and the given handlers of the aws plugin served on it. */
export function useAws(resources: readonly ResourceHandler<AwsContext>[], functions: readonly FunctionHandler<AwsContext>[] = []): Aws {
  const url = useMinistack();
  const plugin = usePlugin(
    () => ({
      name: "aws",
      version: "7.48.0",
      configure: (given) => new AwsClients(settingsOf(given, { AWS_ENDPOINT_URL: url() })),
      resources,
      functions,
      source: "local/plugins/aws",
    }),
    () => config,
  );
  let context: AwsContext | undefined;
  const outside = (): AwsContext => {
    context ??= outsideOf(url());
    return context;
  };
  return { plugin, outside };
}
