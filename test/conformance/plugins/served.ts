import { randomBytes } from "node:crypto";
import type { Plugin } from "../../../local/plugins/protocol/resource";
import { type ServedPlugin, servePlugin } from "../../../local/plugins/protocol/serve";
import type { WireObject } from "../../../local/plugins/protocol/wire";
import { Engine } from "./engine";
import type { OpenPlugin } from "./suite";

/** Serves a plugin for the tests of this file, configured with `config`. */
export function usePlugin<C>(plugin: () => Plugin<C>, config: () => WireObject = () => ({})): OpenPlugin {
  let served: ServedPlugin | undefined;
  let engine: Engine | undefined;
  beforeAll(async () => {
    served = await servePlugin(plugin(), { base: process.cwd(), random: randomBytes });
    engine = new Engine(served.port);
    await engine.configure(config());
  });
  afterAll(async () => {
    engine?.close();
    await served?.stop();
  });
  return () => {
    if (engine === undefined) throw new Error("the plugin is opened before the tests run");
    return engine;
  };
}
