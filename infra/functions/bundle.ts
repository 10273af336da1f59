import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { type BuildOptions, build } from "esbuild";
import { sha256Hex } from "../../recovery/checksum";
import { FUNCTIONS, type FunctionName } from "../../recovery/names";

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
} satisfies BuildOptions;

/**
 * The code of every function as a file, each one CommonJS module with the SDK inside, built while the program runs: a literal
 * `pulumi up` needs no step before it, and the same sources give the same bytes, so that an unchanged function shows no difference.
 * Files and not text: the engine keeps an asset's text in the state, and writes the state at every step.
 */
export const bundleFunctions = async (): Promise<Readonly<Record<FunctionName, string>>> => {
  const { outputFiles } = await build({ ...bundling, write: false });
  await mkdir(BUNDLES, { recursive: true });
  const codeOf = (name: FunctionName): Promise<string> => {
    const file = outputFiles.find((candidate) => path.basename(candidate.path) === `${name}.js`);
    if (file === undefined) throw new Error(`esbuild gave no bundle for function "${name}"`);
    return keep(name, file.contents);
  };
  return {
    canary: await codeOf("canary"),
    "protect-bucket": await codeOf("protect-bucket"),
    "chroma-export": await codeOf("chroma-export"),
    seal: await codeOf("seal"),
    verify: await codeOf("verify"),
    watch: await codeOf("watch"),
    resolve: await codeOf("resolve"),
    "chroma-import": await codeOf("chroma-import"),
    "documents-restore": await codeOf("documents-restore"),
    promote: await codeOf("promote"),
    "postgres-ready": await codeOf("postgres-ready"),
    validate: await codeOf("validate"),
    "cut-over": await codeOf("cut-over"),
  };
};

/** Named by content and moved into place whole: two programs of one checkout may run at once. */
const keep = async (name: FunctionName, contents: Uint8Array): Promise<string> => {
  const file = path.join(BUNDLES, `${name}-${sha256Hex(contents).slice(0, 16)}.js`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, file);
  return file;
};
