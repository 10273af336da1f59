import { randomBytes } from "node:crypto";
import type { Plugin } from "./resource";
import { servePlugin } from "./serve";

/** The entry point of a plugin's process: serves it, and prints the port as the engine expects. The toolchain's launcher ends it with the engine. */
export async function runPlugin<C>(plugin: Plugin<C>): Promise<void> {
  const { port, isCancelled } = await servePlugin(plugin, { base: process.cwd(), random: randomBytes });
  process.on("SIGTERM", () => process.exit(0));
  // The engine ends a plugin by cancelling it and then interrupting it, and waits 5 s before it kills one that goes on. An interrupt before that is a
  // terminal's Ctrl-C, after which the engine first finishes what is in flight.
  // https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/plugin/plugin.go (kill)
  process.on("SIGINT", () => (isCancelled() ? process.exit(0) : undefined));
  process.stdout.write(`${port}\n`);
}
