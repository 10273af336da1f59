import fc from "fast-check";
import { applyConfiguration } from "../../../../local/pods/api/apply";
import type { JsonObject } from "../../../../local/pods/api/object";
import { mergePatch, strategicMerge } from "../../../../local/pods/api/patch";

const container = (name: string, fields: JsonObject = {}): JsonObject => ({ name, ...fields });
const pod = (...containers: readonly JsonObject[]): JsonObject => ({ spec: { containers } });
const flatObject = fc.dictionary(
  fc.constantFrom("a", "b", "c", "d"),
  fc.oneof(fc.integer(), fc.string(), fc.dictionary(fc.constantFrom("x", "y"), fc.integer())),
);

describe("merge patch", () => {
  test("null removes, objects merge, lists are replaced", () => {
    const before = { keep: 1, gone: 2, inner: { a: 1, b: 2 }, list: [1, 2] };
    expect(mergePatch(before, { gone: null, inner: { b: 3 }, list: [9] })).toEqual({ keep: 1, inner: { a: 1, b: 3 }, list: [9] });
  });

  test("a patch applied twice is applied once", () => {
    fc.assert(
      fc.property(flatObject, flatObject, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});

describe("strategic merge", () => {
  test("containers merge by name, their environment too, and other lists are replaced", () => {
    const before = pod(container("a", { image: "a:1", args: ["x"], env: [{ name: "P", value: "1" }] }), container("b"));
    const patch = pod(container("a", { args: ["y"], env: [{ name: "Q", value: "2" }] }));
    expect(strategicMerge(before, patch)).toEqual(
      pod(
        container("a", {
          image: "a:1",
          args: ["y"],
          env: [
            { name: "P", value: "1" },
            { name: "Q", value: "2" },
          ],
        }),
        container("b"),
      ),
    );
  });

  test("`$patch: delete` removes an item and `$patch: replace` an object's other fields", () => {
    expect(strategicMerge(pod(container("a"), container("b")), pod({ name: "a", $patch: "delete" }))).toEqual(pod(container("b")));
    expect(strategicMerge({ spec: { a: 1 } }, { spec: { $patch: "replace", b: 2 } })).toEqual({ spec: { b: 2 } });
  });
});

describe("server-side apply", () => {
  test("what the manager leaves out is removed, what others wrote stays", () => {
    const first = { metadata: { labels: { own: "1" } }, ...pod(container("a", { env: [{ name: "P", value: "1" }] })) };
    const live = { ...first, metadata: { labels: { own: "1", foreign: "2" } } };
    const second = pod(container("a"));
    expect(applyConfiguration(live, first, second)).toEqual({ metadata: { labels: { foreign: "2" } }, ...pod(container("a")) });
  });

  test("applying a configuration over an earlier one of the same manager gives that configuration", () => {
    fc.assert(
      fc.property(flatObject, flatObject, (earlier, later) => {
        const live = applyConfiguration({}, undefined, { data: earlier });
        expect(applyConfiguration(live, { data: earlier }, { data: later }).data).toEqual(later);
      }),
    );
  });
});
