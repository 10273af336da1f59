import fc from "fast-check";
import { differences } from "../../../../../local/plugins/protocol/differences";
import { unknown, type WireObject } from "../../../../../local/plugins/protocol/wire";

const pathsOf = (olds: WireObject, news: WireObject, rules = {}) => differences(rules, olds, news).map(({ path }) => path);

test.each<[string, WireObject, WireObject, { path: string; kind: string }[]]>([
  ["an addition", {}, { a: 1 }, [{ path: "a", kind: "add" }]],
  ["a removal", { a: 1 }, {}, [{ path: "a", kind: "delete" }]],
  ["a change of kind", { a: 1 }, { a: "1" }, [{ path: "a", kind: "update" }]],
  ["a longer list", { a: [1] }, { a: [1, 2] }, [{ path: "a[1]", kind: "add" }]],
  ["an unknown inside", { a: { b: 1, c: 2 } }, { a: { b: unknown, c: 2 } }, [{ path: "a.b", kind: "update" }]],
  ["a key with a dot", { tags: { "a.b": "1" } }, { tags: { "a.b": "2" } }, [{ path: 'tags["a.b"]', kind: "update" }]],
  ["notes of the engine and the plugin", { __defaults: ["a"] }, { __defaults: [] }, []],
])("%s", (_name, olds, news, expected) => {
  expect(differences({}, olds, news).map(({ path, kind }) => ({ path, kind }))).toEqual(expected);
});

test("what the rules call equal is equal", () => {
  expect(pathsOf({ document: '{"a":[1],"b":2}' }, { document: '{ "b": 2, "a": [1] }' }, { document: { compareAs: "json" } })).toEqual([]);
  expect(pathsOf({ document: "{" }, { document: "{ " }, { document: { compareAs: "json" } })).toEqual(["document"]);
  expect(pathsOf({ set: [{ b: 1, a: 2 }, { c: 3 }] }, { set: [{ c: 3 }, { a: 2, b: 1 }] }, { set: { compareAs: "set" } })).toEqual([]);
  expect(pathsOf({ days: 7 }, {}, { days: { default: 7 } })).toEqual([]);
  expect(pathsOf({ id: "made" }, {}, { id: { chosenByService: true } })).toEqual([]);
});

test("a rule that replaces does so for everything inside it", () => {
  const [difference] = differences({ a: { replaces: true, fields: { b: {} } } }, { a: { b: 1 } }, { a: { b: 2 } });
  expect(difference).toEqual({ path: "a.b", kind: "update", replaces: true });
});

test("nothing differs from itself, and a difference one way is one the other way", () => {
  const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  const plain = value.map((given): WireObject => JSON.parse(JSON.stringify(given).replaceAll("null", "0")));
  fc.assert(
    fc.property(plain, plain, (a, b) => {
      expect(differences({}, a, a)).toEqual([]);
      expect(pathsOf(a, b).length).toBe(pathsOf(b, a).length);
    }),
  );
});
