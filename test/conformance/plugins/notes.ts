import { setTimeout as pause } from "node:timers/promises";
import { Archive, Asset, type Plugin, type Properties, type ResourceHandler, Unfinished } from "../../../local/plugins/protocol/resource";
import { flag, text } from "../../../local/plugins/protocol/values";
import { LifeboatError } from "../../../recovery/errors";

/** A plugin of notes in memory, with everything that the protocol has to carry. */
export interface Desk {
  readonly region: string;
  readonly notes: Map<string, Properties>;
}

/** What a handler saw of its content: bytes as text. */
function contentOf(inputs: Properties): string | undefined {
  const content = inputs.content;
  if (content instanceof Asset) return Buffer.from(content.bytes).toString();
  if (!(content instanceof Archive)) return undefined;
  return [...content.files]
    .map(([name, bytes]) => `${name}=${Buffer.from(bytes).toString()}`)
    .sort()
    .join(";");
}

function written(desk: Desk, inputs: Properties): Properties {
  const seen = contentOf(inputs);
  const state = { ...inputs, arn: `note:${desk.region}:${text(inputs, "name")}`, serial: "s-1", ...(seen === undefined ? {} : { seen }) };
  desk.notes.set(text(inputs, "name") ?? "", state);
  return state;
}

const note: ResourceHandler<Desk> = {
  type: "notes:index:Note",
  inputs: {
    name: { replaces: true },
    region: { replaces: true },
    text: { required: true },
    pin: { secret: true },
    document: { compareAs: "json" },
    readers: { compareAs: "set" },
    page: { fields: { size: { required: true }, color: { default: "white" }, format: { replaces: true } } },
    lines: { fields: { indent: { default: 0 }, words: {} } },
    shelf: { chosenByService: true },
    content: {},
    slow: {},
    fails: {},
  },
  autoName: { property: "name", maxLength: 20, lowercase: true },
  computed: ["arn", "serial"],
  secretOutputs: ["serial"],
  configured: (desk) => ({ region: desk.region }),
  check: (inputs) => (text(inputs, "text") === "" ? [{ property: "text", reason: "a note is never empty" }] : []),
  async create(desk, inputs, signal) {
    if (flag(inputs, "slow")) await pause(30_000, undefined, { signal });
    const outputs = written(desk, inputs);
    if (flag(inputs, "fails")) throw new Unfinished({ id: String(outputs.name), outputs }, "the ink is not dry");
    if (text(inputs, "text") === "refused") {
      throw new LifeboatError({ code: "target-refused", what: "This note is refused", hint: "Write another one" });
    }
    return { id: String(outputs.name), outputs: { ...outputs, shelf: outputs.shelf ?? "top" } };
  },
  async read(desk, id) {
    const outputs = desk.notes.get(id);
    if (outputs === undefined) return undefined;
    const { arn: _arn, serial: _serial, seen: _seen, ...inputs } = outputs;
    return { inputs: { ...inputs, shelf: inputs.shelf ?? "top" }, outputs: { ...outputs, shelf: outputs.shelf ?? "top" } };
  },
  async update(desk, _id, _olds, news) {
    return written(desk, news);
  },
  async delete(desk, id) {
    desk.notes.delete(id);
  },
};

export const notesPlugin = (desk: Omit<Desk, "region">): Plugin<Desk> => ({
  name: "notes",
  version: "1.0.0",
  configure: (config) => ({ ...desk, region: text(config, "region") ?? "nowhere" }),
  resources: [note, { ...note, type: "notes:index:Carving", update: undefined }],
  functions: [{ token: "notes:index:count", inputs: { prefix: { default: "" } }, call: async ({ notes }) => ({ count: notes.size }) }],
  source: "local/plugins/notes",
});
