import * as path from "node:path";
import type { BuildOptions } from "esbuild";
import { FUNCTIONS, type FunctionName } from "../../recovery/names";
import { cachedBuild } from "./cachedBuild";
import { sdkSchemas } from "./sdkSchemas";

const ROOT = path.join(__dirname, "..", "..");
const LAMBDAS = path.join(ROOT, "lambdas");
const BUNDLES = path.join(ROOT, "node_modules", ".cache", "lifeboat", "functions");

/**
 * How esbuild makes the functions. Modules as ES modules where a package has them: of CommonJS nothing is left out, and the whole of the SDK's RDS
 * client alone would be a fifth of a bundle.
 */
export const bundling = {
  absWorkingDir: ROOT,
  entryPoints: FUNCTIONS.map((name) => ({ in: path.join(LAMBDAS, name, "handler.ts"), out: name })),
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  mainFields: ["module", "main"],
  minify: true,
  legalComments: "none",
  outdir: BUNDLES,
  logLevel: "silent",
  plugins: [sdkSchemas],
} satisfies BuildOptions;

/**
 * The code of every function as a file, each one CommonJS module with the SDK inside, built while the program runs where anything changed: a
 * literal `pulumi up` needs no step before it, and the same sources give the same bytes, so that an unchanged function shows no difference.
 * Files and not text: the engine keeps an asset's text in the state, and writes the state at every step.
 */
export const bundleFunctions = async (): Promise<Readonly<Record<FunctionName, string>>> => {
  const outputs = await cachedBuild({ options: bundling, directory: BUNDLES, now: Date.now });
  const fileOf = (name: FunctionName): string => {
    const file = outputs[name];
    if (file === undefined) throw new Error(`esbuild gave no bundle for function "${name}"`);
    return file;
  };
  return Object.fromEntries(FUNCTIONS.map((name) => [name, fileOf(name)])) as Record<FunctionName, string>;
};
