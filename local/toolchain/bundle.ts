import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { writeWhole } from "./files";

const CHECKOUT = resolve(__dirname, "..", "..");
/** Inside node_modules, so that the packages left out of a bundle are found from it, by each checkout its own. */
const BUNDLES = join(CHECKOUT, "node_modules", ".cache", "lifeboat");

/** Protocol messages need the SDK's own single copy of these. */
const OUTSIDE = ["@pulumi/*", "google-protobuf", "@grpc/grpc-js"];

/**
 * One plain JavaScript file of a TypeScript entry: it starts without a loader, and reads one file where the packages that it uses are a thousand.
 * Named by its content, so that runs of different states of the code do not disturb each other.
 */
export const bundleEntry = async (name: string, entry: string, before = ""): Promise<string> => {
  const result = await build({
    stdin: { contents: `${before}\nimport ${JSON.stringify(resolve(entry))};`, resolveDir: CHECKOUT, loader: "ts" },
    bundle: true,
    external: OUTSIDE,
    platform: "node",
    // Of CommonJS nothing is left out that is not used.
    mainFields: ["module", "main"],
    format: "cjs",
    target: "node22",
    sourcemap: "inline",
    sourcesContent: false,
    write: false,
    logLevel: "silent",
    absWorkingDir: CHECKOUT,
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  const file = join(BUNDLES, `${name}-${createHash("sha256").update(output.contents).digest("hex").slice(0, 12)}.cjs`);
  await mkdir(BUNDLES, { recursive: true });
  await writeWhole(file, output.contents, 0o644);
  return file;
};
