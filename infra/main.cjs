const { readFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { transformSync } = require("esbuild");

/**
 * Where Pulumi enters the program: it lets Node load TypeScript, and loads `index.ts`. A loader that looks at every package too, as tsx does, takes as
 * long again as all the rest of the start; packages are JavaScript already. What V8 made of them is kept, by their content.
 */
Module.enableCompileCache(path.join(__dirname, "..", "node_modules", ".cache", "lifeboat", "compiled"));
// The SDK takes a stack trace for each promise, and its runner has every frame of each mapped to the sources, those of packages too: a third of the
// program's time. Node maps the frames of these sources alone.
Error.prepareStackTrace = undefined;
Module.setSourceMapsSupport(true, { nodeModules: false });

Module._extensions[".ts"] = (module, file) => {
  const { code } = transformSync(readFileSync(file, "utf8"), {
    loader: "ts",
    format: "cjs",
    platform: "node",
    target: "node24",
    sourcemap: "inline",
    sourcefile: file,
  });
  module._compile(code, file);
};

module.exports = require("./index.ts");
