import { statSync } from "node:fs";
import { bundleFunctions } from "../../../infra/functions/bundle";
import { FUNCTIONS } from "../../../recovery/names";

// A cold start reads the bundle: `import { z } from "zod"` alone brings 0.4 MB of languages that a namespace import leaves out.
const LIMIT_BYTES = 1_000_000;

let bundles: Awaited<ReturnType<typeof bundleFunctions>>;

beforeAll(async () => {
  bundles = await bundleFunctions();
}, 60_000);

it.each(FUNCTIONS)("the bundle of %s stays under 1 MB", (name) => {
  expect(statSync(bundles[name]).size).toBeLessThan(LIMIT_BYTES);
});
