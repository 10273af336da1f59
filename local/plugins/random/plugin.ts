import type { Plugin } from "../protocol/resource";
import type { RandomBytes } from "./draw";
import { randomId } from "./id";
import { randomText } from "./text";

/** The embedded `random` plugin. RandomPassword's `bcryptHash` is not computed: Node has no bcrypt. */
export const randomPlugin = (random: RandomBytes): Plugin<undefined> => ({
  name: "random",
  version: "4.21.2",
  configure: () => undefined,
  resources: [
    randomId(random),
    randomText("random:index/randomPassword:RandomPassword", { secret: true }, random),
    randomText("random:index/randomString:RandomString", { secret: false }, random),
  ],
  functions: [],
  source: "local/plugins/random",
});
