import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Metadata } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Properties } from "../../../local/plugins/protocol/resource";
import { openObject, signatureKey, signatures, unknown, type Wire, type WireObject } from "../../../local/plugins/protocol/wire";
import type { State } from "./engine";
import { notesPlugin } from "./notes";
import { usePlugin } from "./served";

const type = "notes:index:Note";
const notes = new Map<string, Properties>();
const plugin = usePlugin(
  () => notesPlugin({ notes }),
  () => ({ region: "north" }),
);

const secret = (value: Wire): WireObject => ({ [signatureKey]: signatures.secret, value });
const asset = (fields: WireObject): WireObject => ({ [signatureKey]: signatures.asset, ...fields });
const archive = (fields: WireObject): WireObject => ({ [signatureKey]: signatures.archive, ...fields });
const create = (inputs: WireObject): Promise<State> => plugin().create(type, "Memo", { text: "hello", ...inputs });
const diff = async (state: State, news: WireObject, ignoreChanges: readonly string[] = []) =>
  plugin().diff(state, await plugin().check(state.type, state.name, { text: "hello", ...news }, state.inputs), ignoreChanges);

describe("names", () => {
  test("are made up, kept, and made up again for a replacement", async () => {
    const { inputs } = await create({});
    expect(inputs.name).toMatch(/^memo-[0-9a-f]{7}$/);
    expect((await plugin().check(type, "Memo", { text: "new" }, inputs)).name).toBe(inputs.name);
    expect((await plugin().check(type, "Memo", { text: "new" })).name).not.toBe(inputs.name);
  });

  test("fit their longest length", async () => {
    const { name } = await plugin().check(type, "a-logical-name-that-is-long", { text: "x" });
    expect(name).toMatch(/^a-logical-na-[0-9a-f]{7}$/);
  });

  test("that are given and stay make a replacement delete first; made-up ones do not", async () => {
    const given = await create({ name: "fixed" });
    expect(await diff(given, { name: "fixed", region: "south" })).toMatchObject({ replaces: ["region"], deleteBeforeReplace: true });
    expect(await diff(given, { name: "other" })).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
    expect(await diff(await create({}), { region: "south" })).toMatchObject({ replaces: ["region"], deleteBeforeReplace: false });
  });
});

describe("checks", () => {
  test("report every failure at once, by the property's path", async () => {
    const inputs = { page: { colour: "red" }, lines: [{ words: 3 }, { font: "serif" }], extra: true };
    const response = await plugin().checkRaw(type, "Memo", inputs);
    const properties = response.getFailuresList().map((failure) => failure.getProperty());
    expect(properties.sort()).toEqual(["extra", "lines[1].font", "page.colour", "page.size", "text"]);
  });

  test("fill defaults in at every depth and the configured region", async () => {
    const checked = await plugin().check(type, "Memo", { text: "x", page: { size: 4 }, lines: [{}, { indent: 2 }] });
    expect(checked).toMatchObject({ region: "north", page: { size: 4, color: "white" }, lines: [{ indent: 0 }, { indent: 2 }] });
  });

  test("of the handler see known values", async () => {
    await expect(plugin().check(type, "Memo", { text: "" })).rejects.toThrow("text: a note is never empty");
    await expect(plugin().check(type, "Memo", { text: unknown })).resolves.toMatchObject({ text: unknown });
  });

  test("refuse a type and a function that nobody knows, and say where to add them", async () => {
    await expect(plugin().check("notes:index:Poem", "Memo", {})).rejects.toThrow(
      /does not know the resource type notes:index:Poem.*notes:index:Note.*local\/plugins\/notes/,
    );
    await expect(plugin().invoke("notes:index:burn", {})).rejects.toThrow(/does not know the function notes:index:burn/);
  });
});

describe("secrets", () => {
  test("stay secret from the inputs to the outputs, through create, update and refresh", async () => {
    const state = await create({ pin: "1234", document: secret("{}") });
    expect([...openObject(state.inputs).secrets].sort()).toEqual(["document", "pin"]);
    for (const later of [
      state,
      await plugin().read(state),
      await plugin().update(state, { text: "new", document: secret("{}"), pin: "1" }),
    ]) {
      expect([...openObject(later?.outputs ?? {}).secrets].sort()).toEqual(expect.arrayContaining(["document", "serial"]));
    }
    // The handler itself gets them in clear.
    expect(notes.get(state.id)).toMatchObject({ pin: "1", document: "{}" });
  });

  test("inside an object make the whole property secret", async () => {
    const { secrets, values } = openObject((await create({ page: { size: secret(4) } })).outputs);
    expect([...secrets]).toContain("page");
    expect(values.page).toEqual({ size: 4, color: "white" });
  });

  test("are accepted as such by the engine's handshake", async () => {
    const answer = await plugin().handshake();
    expect([answer.getAcceptSecrets(), answer.getAcceptOutputs(), answer.getAcceptResources()]).toEqual([true, false, false]);
  });
});

describe("differences", () => {
  test("are none for another order of a set, of keys, or for what the service chose", async () => {
    const state = await create({ readers: ["a", "b"], document: '{"a":1,"b":[2]}', shelf: "top" });
    expect(await diff(state, { readers: ["b", "a"], document: '{ "b": [2], "a": 1 }' })).toMatchObject({ changed: false });
  });

  test("are named by path, and those that replace are told apart", async () => {
    const state = await create({ page: { size: 1, format: "A4" }, lines: [{ indent: 1 }, { indent: 2 }], readers: ["a"] });
    const found = await diff(state, { page: { size: 2, format: "A5" }, lines: [{ indent: 1 }, { indent: 3 }] });
    expect([...found.paths].sort()).toEqual(["lines[1].indent", "page.format", "page.size", "readers"]);
    expect(found.replaces).toEqual(["page"]);
  });

  test("under ignoreChanges do not count", async () => {
    const state = await create({ page: { size: 1 }, lines: [{ indent: 1 }, { indent: 2 }] });
    const news = { page: { size: 2 }, lines: [{ indent: 1 }, { indent: 3 }] };
    expect(await diff(state, news, ["page", "lines[*].indent"])).toMatchObject({ changed: false });
    expect(await diff(state, news, ["page.size"])).toMatchObject({ paths: ["lines[1].indent"] });
  });

  test("from an unknown value are a change, which replaces where the property does", async () => {
    const state = await create({ name: "known" });
    expect(await diff(state, { name: unknown })).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
    expect(await diff(state, { name: "known", text: unknown })).toMatchObject({ paths: ["text"], replaces: [] });
  });

  test("of a type that cannot be updated replace", async () => {
    const carving = await plugin().create("notes:index:Carving", "Memo", { text: "hello" });
    expect(await diff(carving, { text: "goodbye" })).toMatchObject({ replaces: ["text"] });
  });
});

describe("previews", () => {
  test("leave open what only the service can tell", async () => {
    const before = notes.size;
    const { values, secrets } = await plugin().previewCreate(type, "Memo", { text: unknown });
    expect(values).toMatchObject({ text: unknown, arn: unknown, serial: unknown, shelf: unknown, region: "north" });
    expect([...secrets]).toContain("serial");
    expect(notes.size).toBe(before);
  });

  test("of an update keep what is computed", async () => {
    const state = await create({});
    const preview = await plugin().update(state, { text: "changed" }, { preview: true });
    expect(openObject(preview.outputs).values).toMatchObject({ text: "changed", arn: openObject(state.outputs).values.arn });
    expect(notes.get(state.id)).toMatchObject({ text: "hello" });
  });
});

describe("refresh", () => {
  test("shows what changed, not what the service chose", async () => {
    const state = await create({});
    expect(Object.keys((await plugin().read(state))?.inputs ?? {})).not.toContain("shelf");
    notes.set(state.id, { ...notes.get(state.id), text: "scribbled over" });
    const found = await plugin().read(state);
    expect(found?.inputs).toMatchObject({ text: "scribbled over", __defaults: ["name"] });
    expect(await diff(found ?? state, {})).toMatchObject({ paths: ["text"] });
  });
});

describe("assets and archives", () => {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-assets-"));
  writeFileSync(join(folder, "index.js"), "exports");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const seen = async (content: WireObject): Promise<Wire | undefined> => openObject((await create({ content })).outputs).values.seen;

  test("reach the handler as bytes", async () => {
    expect(await seen(asset({ hash: "1", text: "as text" }))).toBe("as text");
    expect(await seen(asset({ hash: "2", path: join(folder, "index.js") }))).toBe("exports");
    expect(await seen(archive({ hash: "3", path: folder }))).toBe("index.js=exports");
    const nested = { "a.txt": asset({ hash: "4", text: "a" }), lib: archive({ hash: "5", path: folder }) };
    expect(await seen(archive({ hash: "6", assets: nested }))).toBe("a.txt=a;lib/index.js=exports");
  });

  test("compare by hash and return to the state as they were given", async () => {
    const content = asset({ hash: "1", text: "same" });
    const state = await create({ content });
    expect(openObject(state.outputs).values.content).toEqual(content);
    expect(await diff(state, { content: asset({ hash: "1", text: "same" }) })).toMatchObject({ changed: false });
    expect(await diff(state, { content: asset({ hash: "2", text: "other" }) })).toMatchObject({ paths: ["content"] });
  });

  test("of a state whose files are long gone can still be read and deleted", async () => {
    const state = await create({ content: asset({ hash: "9", path: join(folder, "index.js") }) });
    const gone = { ...state, outputs: { ...state.outputs, content: asset({ hash: "9", path: join(folder, "no-more.js") }) } };
    expect((await plugin().read(gone))?.id).toBe(state.id);
    await plugin().delete(gone);
    expect(notes.has(state.id)).toBe(false);
  });

  test("that cannot be read are an error with their path", async () => {
    await expect(seen(asset({ hash: "1", path: join(folder, "missing.js") }))).rejects.toThrow(/missing\.js \(.*ENOENT/);
    await expect(seen(asset({ hash: "1", uri: "https://example.org/x" }))).rejects.toThrow(/not supported/);
  });
});

describe("failures", () => {
  test("of the program's own kind pass through whole", async () => {
    await expect(create({ text: "refused" })).rejects.toMatchObject({
      details: "[target-refused] This note is refused. Hint: Write another one.",
    });
  });

  test("after creation leave the resource in the state, with the reason", async () => {
    const thrown: { metadata: Metadata } = await create({ name: "half", fails: true, pin: "1" }).then(
      () => Promise.reject(new Error("it was created")),
      (error) => error,
    );
    const [bytes] = thrown.metadata.get("grpc-status-details-bin");
    const [detail] = Status.deserializeBinary(Buffer.from(bytes ?? "")).getDetailsList();
    const failed = detail?.unpack(ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
    expect(failed?.getId()).toBe("half");
    expect(failed?.getReasonsList()).toEqual(["the ink is not dry"]);
    const { values, secrets } = openObject(failed?.getProperties()?.toJavaScript() ?? {});
    expect(values).toMatchObject({ arn: "note:north:half" });
    expect([...secrets]).toContain("pin");
  });

  test("by a resource's own timeout say so", async () => {
    const slow = plugin().create(type, "Memo", { text: "x", slow: true }, { timeoutSeconds: 0.05 });
    await expect(slow).rejects.toThrow(/not ready within its timeout of 0.05 s.*customTimeouts/);
  });
});

test("functions answer, with defaults, and refuse unknown arguments", async () => {
  expect(await plugin().invoke("notes:index:count", {})).toEqual({ count: notes.size });
  await expect(plugin().invoke("notes:index:count", { suffix: "x" })).rejects.toThrow(/suffix.*local\/plugins\/notes/);
});

// The last one: a cancelled plugin is at its end.
test("a cancelled operation ends with its reason", async () => {
  const slow = plugin().create(type, "Memo", { text: "x", slow: true });
  const outcome = expect(slow).rejects.toThrow(/The engine cancelled the operation/);
  await plugin().check(type, "Memo", { text: "the creation is under way" });
  await plugin().cancel();
  await outcome;
});
