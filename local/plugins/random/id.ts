import { LifeboatError } from "../../../recovery/errors";
import type { Properties, ResourceHandler } from "../protocol/resource";
import { compact, number, record, requiredNumber, text } from "../protocol/values";
import type { RandomBytes } from "./draw";

/** https://www.pulumi.com/registry/packages/random/api-docs/randomid/ */

function outputsOf(bytes: Uint8Array, given: Properties): Properties {
  const prefix = text(given, "prefix") ?? "";
  const buffer = Buffer.from(bytes);
  const hex = buffer.toString("hex");
  return compact({
    ...given,
    hex: `${prefix}${hex}`,
    dec: `${prefix}${BigInt(`0x${hex}`)}`,
    b64Std: `${prefix}${buffer.toString("base64")}`,
    b64Url: `${prefix}${buffer.toString("base64url")}`,
  });
}

/** An import's id: the id itself, or `prefix,id`. */
function imported(id: string): Properties {
  const at = id.lastIndexOf(",");
  const bytes = Buffer.from(id.slice(at + 1), "base64url");
  if (bytes.length === 0) {
    throw new LifeboatError({ code: "configuration", what: "A RandomId's id is base64url", received: id, hint: "Import `[prefix,]id`" });
  }
  return outputsOf(bytes, compact({ byteLength: bytes.length, prefix: at < 0 ? undefined : id.slice(0, at) }));
}

export const randomId = (random: RandomBytes): ResourceHandler<undefined> => ({
  type: "random:index/randomId:RandomId",
  inputs: { byteLength: { required: true }, keepers: {}, prefix: {} },
  computed: ["hex", "dec", "b64Std", "b64Url"],
  check(inputs) {
    const byteLength = number(inputs, "byteLength");
    return byteLength === undefined || byteLength >= 1 ? [] : [{ property: "byteLength", reason: `must be at least 1, not ${byteLength}` }];
  },
  async create(_, inputs) {
    const bytes = random(requiredNumber(inputs, "byteLength"));
    return { id: Buffer.from(bytes).toString("base64url"), outputs: outputsOf(bytes, inputs) };
  },
  async read(_, id, state) {
    const outputs = state.hex === undefined ? imported(id) : state;
    const inputs = { byteLength: number(outputs, "byteLength"), prefix: text(outputs, "prefix"), keepers: record(outputs, "keepers") };
    return { inputs: compact(inputs), outputs };
  },
  async delete() {},
});
