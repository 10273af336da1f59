import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { bundleEntry } from "./bundle";
import { writeLauncher } from "./files";

export interface LocalPlugin {
  /** `aws` */
  readonly name: string;
  /** `7.48.0`: the version that the program's SDK asks for. */
  readonly version: string;
  /** The TypeScript file that serves the plugin when it is run. */
  readonly entry: string;
}

const ORPHANS = resolve(__dirname, "..", "orphans");
const END_WITH_THE_ENGINE = `import { exitWithParent } from ${JSON.stringify(ORPHANS)};\nexitWithParent();`;

/** Puts local plugins where this PULUMI_HOME's engine looks for them: an executable that prints the port of its gRPC server. */
export const installPlugins = async (options: {
  readonly pulumiHome: string;
  readonly node: string;
  readonly plugins: readonly LocalPlugin[];
}): Promise<void> => {
  await Promise.all(
    options.plugins.map(async ({ name, version, entry }) => {
      const bundle = await bundleEntry(`pulumi-resource-${name}`, entry, END_WITH_THE_ENGINE);
      const directory = join(options.pulumiHome, "plugins", `resource-${name}-v${version}`);
      // The CLI takes a plugin beside such a file for one whose installation was interrupted.
      await rm(`${directory}.partial`, { force: true });
      await mkdir(directory, { recursive: true });
      await writeLauncher(join(directory, `pulumi-resource-${name}`), options.node, bundle);
    }),
  );
};

const manifest = z.object({ version: z.string() });

/** The version that the SDK package of a provider asks the engine for. */
export const sdkVersionOf = (name: string): string =>
  manifest.parse(JSON.parse(readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8"))).version;
