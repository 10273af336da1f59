import { randomBytes } from "node:crypto";
import type { Plugin } from "./resource";
import { servePlugin } from "./serve";

/** The entry point of a plugin's process: serves it, and prints the port as the engine expects. The toolchain's launcher ends it with the engine. */
export async function runPlugin<C>(plugin: Plugin<C>): Promise<void> {
  const { port } = await servePlugin(plugin, { base: process.cwd(), random: randomBytes });
  process.on("SIGTERM", () => process.exit(0));
  // A terminal's Ctrl-C reaches the whole process group; the engine first finishes what is in flight, then stops its plugins itself.
  process.on("SIGINT", () => undefined);
  process.stdout.write(`${port}\n`);
}
