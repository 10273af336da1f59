import { delimiter } from "node:path";
import type { Toolchain } from "./tools";

/** The CLI's environment: its own home and backend, no question asked, nothing fetched. https://www.pulumi.com/docs/iac/cli/environment-variables/ */
export const pulumiEnvironment = (options: {
  readonly toolchain: Pick<Toolchain, "binDir" | "pulumiHome" | "nodeDir">;
  /** `file://...` or `s3://...`: one for each stack. */
  readonly backendUrl: string;
  readonly passphrase: string;
  /** What the program and the plugins see besides: credentials, endpoints, KUBECONFIG. */
  readonly extra?: NodeJS.ProcessEnv;
  readonly base: NodeJS.ProcessEnv;
}): NodeJS.ProcessEnv => {
  const { toolchain, base } = options;
  // A person's own session must not leak into the run: neither their stack and backend nor their cloud.
  const inherited = Object.entries(base).filter(([name]) => !/^(PULUMI_|AWS_|KUBECONFIG$)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: [toolchain.binDir, toolchain.nodeDir, base.PATH ?? ""].join(delimiter),
    PULUMI_HOME: toolchain.pulumiHome,
    PULUMI_BACKEND_URL: options.backendUrl,
    PULUMI_CONFIG_PASSPHRASE: options.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...options.extra,
  };
};
