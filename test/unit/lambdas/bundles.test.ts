import * as path from "node:path";
import { build, type OutputFile } from "esbuild";
import { bundling } from "../../../infra/functions/bundle";
import { FUNCTIONS } from "../../../recovery/names";

// A cold start reads the bundle: `import { z } from "zod"` alone brings 0.4 MB of languages that a namespace import leaves out.
const LIMIT_BYTES = 1_000_000;

let bundles: readonly OutputFile[];

beforeAll(async () => {
  const result = await build({ ...bundling, write: false });
  bundles = result.outputFiles;
});

it.each(FUNCTIONS)("the bundle of %s stays under 1 MB", (name) => {
  const bundle = bundles.find((file) => path.basename(file.path) === `${name}.js`);

  expect(bundle?.contents.byteLength).toBeLessThan(LIMIT_BYTES);
});
