import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { sha256Hex } from "../../recovery/checksum";

/** A top-level constant of a client's schemas: `const _xN = "xmlName";`. */
const CONSTANT = /^const (\w+) = ("[^"\\]*");$/gm;
/** A key that is named by one: `[_xN]: ...`. */
const COMPUTED_KEY = /\[(_\w+)\]:/g;

/** The same text with the keys that constants name written out; a name that is no such constant stays as it is. */
export const withWrittenKeys = (source: string): string => {
  const constants = new Map([...source.matchAll(CONSTANT)].map(([, name, value]) => [name, value]));
  return source.replace(COMPUTED_KEY, (whole, name: string) => {
    const value = constants.get(name);
    return value === undefined ? whole : `${value}:`;
  });
};

/**
 * Lets esbuild leave out what a function does not use of the SDK's clients. Their schemas are plain data but for keys that are computed, and what computes
 * may have side effects: without this EC2's whole API, half a megabyte, would come along with one call of it. https://esbuild.github.io/api/#tree-shaking
 */
export const sdkSchemas: Plugin = {
  // Whoever keeps a build by its options sees this file change by the name.
  name: `sdk-schemas-${sha256Hex(readFileSync(__filename)).slice(0, 16)}`,
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[/\\]client-[^/\\]+[/\\]dist-es[/\\]schemas[/\\][^/\\]+\.js$/ }, async ({ path }) => ({
      contents: withWrittenKeys(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};
