import fc from "fast-check";
import { covers, segments, valueAt, within, withValueAt } from "../../../../../local/plugins/protocol/paths";

test.each([
  ["tags.owner", ["tags", "owner"]],
  ["rules[0].status", ["rules", "0", "status"]],
  ['tags["a.b"].c', ["tags", "a.b", "c"]],
  ['["with \\"quotes\\""]', ['with "quotes"']],
  ["rules[*].id", ["rules", "*", "id"]],
])("%s has the segments %j", (path, expected) => {
  expect(segments(path)).toEqual(expected);
});

test("a path that was put together is taken apart into the same names", () => {
  const name = fc.string({ minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      expect(segments(names.reduce((path, next) => within(path, next), ""))).toEqual(names);
    }),
  );
});

test.each([
  ["tags", "tags.owner", true],
  ["tags.owner", "tags", false],
  ["tag", "tags.owner", false],
  ["rules[*].id", "rules[3].id", true],
  ["rules[0]", "rules[1].id", false],
])("%s covers %s: %s", (ignored, path, expected) => {
  expect(covers(ignored, path)).toBe(expected);
});

test("a value is put at a path without touching what stands beside it", () => {
  const before = { metadata: { labels: { app: "web" } }, spec: {} };
  const after = withValueAt(before, "metadata.name", "web-1");
  expect(after).toEqual({ metadata: { labels: { app: "web" }, name: "web-1" }, spec: {} });
  expect(valueAt(after, "metadata.name")).toBe("web-1");
  expect(before).toEqual({ metadata: { labels: { app: "web" } }, spec: {} });
});
