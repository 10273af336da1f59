import * as path from "node:path";
import { build, type OutputFile } from "esbuild";
import { FUNCTIONS } from "../../../recovery/names";

// A cold start reads the bundle: `import { z } from "zod"` alone brings 0.4 MB of languages that a namespace import leaves out.
const LIMIT_BYTES = 1_000_000;
const LAMBDAS = path.join(__dirname, "../../../lambdas");

let bundles: readonly OutputFile[];

beforeAll(async () => {
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
  bundles = result.outputFiles;
});

it.each(FUNCTIONS)("the bundle of %s stays under 1 MB", (name) => {
  const bundle = bundles.find((file) => path.basename(file.path) === `${name}.js`);

  expect(bundle?.contents.byteLength).toBeLessThan(LIMIT_BYTES);
});
