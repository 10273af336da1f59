import { openObject, unknown, type WireObject } from "../../../local/plugins/protocol/wire";
import type { Engine, State } from "./engine";

/** What must exist before the resource does, by names of the test's choosing. */
export type Given = { readonly [name: string]: State };

/** One row of the suite: a resource type, how to make it, and what may change. Inputs are the program's, as wire JSON. */
export interface ResourceCase {
  readonly type: string;
  /** What this row is about, where a type has several. */
  readonly about?: string;
  /** Other resources that it needs; they are made before each test and deleted after it, in reverse. */
  prepare?(engine: Engine, unique: string): Promise<Given>;
  inputs(given: Given, unique: string): WireObject;
  /** Outputs that must be there after creation. */
  outputs?(given: Given, unique: string): WireObject;
  /** New inputs that must be taken over in place. */
  update?(given: Given, unique: string): WireObject;
  /** New inputs that must give a new resource; the value names the input that says so. */
  replace?: { readonly because: string; inputs(given: Given, unique: string): WireObject };
  /** Changes or removes the resource behind the engine's back, by the service's own API. */
  drift: ((state: State) => Promise<void>) | { readonly none: string };
  /** Inputs that the service does not give back: an import does not find them. */
  readonly notRead?: readonly string[];
  /** It has no form outside the state that an import could find; says why. */
  readonly notImported?: string;
  /** The resource stays readable after its deletion, as a key does that waits for it; says why. */
  readonly staysReadable?: string;
}

/** The plugin under test, opened before the tests of a file. */
export type OpenPlugin = () => Engine;

const plain = (properties: WireObject): WireObject => openObject(properties).values;
const declared = (inputs: WireObject): WireObject =>
  Object.fromEntries(Object.entries(plain(inputs)).filter(([name]) => !name.startsWith("__")));

let made = 0;

/** The behaviour that every resource handler of every plugin owes the engine. */
export function describeResource(plugin: OpenPlugin, row: ResourceCase): void {
  describe(row.about === undefined ? row.type : `${row.type} (${row.about})`, () => {
    let given: Given = {};
    let unique = "";
    const owned: State[] = [];

    const create = async (inputs: WireObject): Promise<State> => {
      const state = await plugin().create(row.type, "subject", inputs);
      owned.push(state);
      return state;
    };

    beforeEach(async () => {
      made += 1;
      unique = `t${process.pid}-${made}`;
      given = (await row.prepare?.(plugin(), unique)) ?? {};
    });

    afterEach(async () => {
      for (const state of [...Object.values(given), ...owned.splice(0)].reverse()) {
        if ((await plugin().read(state)) !== undefined) await plugin().delete(state);
      }
    });

    test("what was created is what is read, without differences, until it is deleted", async () => {
      const inputs = row.inputs(given, unique);
      const state = await create(inputs);
      expect(plain(state.outputs)).toMatchObject(row.outputs?.(given, unique) ?? {});

      const read = await plugin().read(state);
      expect(read?.id).toBe(state.id);
      expect(plain(read?.inputs ?? {})).toEqual(plain(state.inputs));
      expect(plain(read?.outputs ?? {})).toEqual(plain(state.outputs));

      const again = await plugin().check(row.type, "subject", inputs, state.inputs);
      expect(await plugin().diff(state, again)).toMatchObject({ changed: false, paths: [] });

      await plugin().delete(state);
      if (row.staysReadable === undefined) expect(await plugin().read(state)).toBeUndefined();
      await expect(plugin().delete(state)).resolves.toBeUndefined();
    });

    test("every output that a preview leaves unknown is known after creation", async () => {
      const inputs = row.inputs(given, unique);
      const preview = await plugin().previewCreate(row.type, "subject", inputs);
      const state = await create(inputs);
      const outputs = plain(state.outputs);
      const promised = Object.keys(preview.values).filter((name) => preview.values[name] === unknown);
      expect(promised.filter((name) => outputs[name] === undefined)).toEqual([]);
    });

    test("a preview with unknown inputs says so and creates nothing", async () => {
      const inputs = row.inputs(given, unique);
      for (const name of Object.keys(inputs)) {
        const preview = await plugin().previewCreate(row.type, "subject", { ...inputs, [name]: unknown });
        expect(preview.values[name]).toBe(unknown);
      }
    });

    test("an input that is not implemented is refused by its name", async () => {
      const inputs = { ...row.inputs(given, unique), inputOfTomorrow: "value" };
      await expect(plugin().check(row.type, "subject", inputs)).rejects.toThrow(
        /inputOfTomorrow.*Hint: Add it to the handler of .* in local\/plugins\//,
      );
    });

    if (row.notImported === undefined) {
      test("an import finds what was created", async () => {
        const inputs = row.inputs(given, unique);
        const state = await create(inputs);
        const imported = await plugin().import(row.type, "subject", state.id);
        const asked = await plugin().check(row.type, "subject", { ...declared(state.inputs) }, imported?.inputs);
        const diff = await plugin().diff(imported ?? state, asked);
        expect(imported?.id).toBe(state.id);
        expect(diff.paths.filter((path) => !row.notRead?.includes(path))).toEqual([]);
      });
    }

    const { update, replace, drift } = row;
    if (update !== undefined) {
      test("a change is made in place", async () => {
        const state = await create(row.inputs(given, unique));
        const news = update(given, unique);
        const checked = await plugin().check(row.type, "subject", news, state.inputs);
        expect(await plugin().diff(state, checked)).toMatchObject({ changed: true, replaces: [] });
        await plugin().update(state, news, { preview: true });

        const updated = await plugin().update(state, news);
        owned.push(updated);
        const read = await plugin().read(updated);
        expect(plain(read?.inputs ?? {})).toEqual(plain(updated.inputs));
        expect(plain(read?.outputs ?? {})).toEqual(plain(updated.outputs));
        expect(await plugin().diff(updated, await plugin().check(row.type, "subject", news, updated.inputs))).toMatchObject({
          changed: false,
        });
      });
    }

    if (replace !== undefined) {
      test("a change that cannot be made in place replaces", async () => {
        const state = await create(row.inputs(given, unique));
        const checked = await plugin().check(row.type, "subject", replace.inputs(given, unique), state.inputs);
        const diff = await plugin().diff(state, checked);
        expect(diff.changed).toBe(true);
        expect(diff.replaces).toContain(replace.because);
      });
    }

    if (typeof drift === "function") {
      test("a refresh shows what was changed outside", async () => {
        const inputs = row.inputs(given, unique);
        const state = await create(inputs);
        await drift(state);
        const found = await plugin().read(state);
        const asked = await plugin().check(row.type, "subject", inputs, state.inputs);
        // Gone is the greatest drift: the engine then creates it again.
        const shown = found === undefined || (await plugin().diff(found, asked)).changed;
        expect(shown).toBe(true);
      });
    }
  });
}

/** All rows of a service, and that none of its types is without one. */
export function describeResources(plugin: OpenPlugin, handlers: readonly { readonly type: string }[], rows: readonly ResourceCase[]): void {
  test("every type has a row in the conformance suite", () => {
    const covered = new Set(rows.map(({ type }) => type));
    expect(handlers.map(({ type }) => type).filter((type) => !covered.has(type))).toEqual([]);
  });
  for (const row of rows) describeResource(plugin, row);
}
