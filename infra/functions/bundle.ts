import * as path from "node:path";
import { build } from "esbuild";
import { FUNCTIONS, type FunctionName } from "../../recovery/names";

const LAMBDAS = path.join(__dirname, "..", "..", "lambdas");

/**
 * The code of every function, each one CommonJS file with the SDK inside, built while the program runs: a literal `pulumi up`
 * needs no step before it, and the same sources give the same bytes, so that an unchanged function shows no difference.
 */
export const bundleFunctions = async (): Promise<ReadonlyMap<FunctionName, string>> => {
  const result = await build({
    entryPoints: FUNCTIONS.map((name) => ({ in: path.join(LAMBDAS, name, "handler.ts"), out: name })),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    legalComments: "none",
    outdir: "bundles",
    write: false,
    logLevel: "silent",
  });
  return new Map(FUNCTIONS.map((name) => [name, textOf(result.outputFiles, name)]));
};

const textOf = (files: readonly { readonly path: string; readonly text: string }[], name: FunctionName): string => {
  const file = files.find((candidate) => path.basename(candidate.path) === `${name}.js`);
  if (file === undefined) throw new Error(`esbuild gave no bundle for function "${name}"`);
  return file.text;
};
