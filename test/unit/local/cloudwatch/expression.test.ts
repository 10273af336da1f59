import fc from "fast-check";
import { evaluate } from "../../../../local/cloudwatch/metrics/expression";
import { type Expression, parseExpression } from "../../../../local/cloudwatch/metrics/expression-syntax";
import type { Points } from "../../../../local/cloudwatch/metrics/store";

const slices = [0, 60, 120, 180];
const series: Record<string, Points> = {
  m1: new Map([
    [0, 1],
    [60, 2],
    [180, 4],
  ]),
  m2: new Map([
    [0, 10],
    [120, 30],
    [180, 0],
  ]),
};
const value = (text: string) => {
  const result = evaluate(parseExpression(text), { slices, resolve: (id) => series[id] ?? new Map() });
  return result instanceof Map ? Object.fromEntries(result) : result;
};

it.each([
  ["m1 * 2 + 1", { 0: 3, 60: 5, 180: 9 }],
  ["m1 + m2", { 0: 11, 180: 4 }],
  ["m1 / m2", { 0: 0.1 }],
  ["2 * (3 + 4) ^ 2", 98],
  ["-m1", { 0: -1, 60: -2, 180: -4 }],
  ["FILL(m1, 0)", { 0: 1, 60: 2, 120: 0, 180: 4 }],
  ["FILL(m2, REPEAT)", { 0: 10, 60: 10, 120: 30, 180: 0 }],
  ["MAX([m1, m2])", { 0: 10, 60: 2, 120: 30, 180: 4 }],
  ["MAX(m1)", 4],
  ["IF(m1 > 1, m1, 0)", { 0: 0, 60: 2, 180: 4 }],
  ["IF(m1 >= 2 AND m2 == 0, 1)", { 180: 1 }],
  ["SUM([m1, m2]) - AVG(m1)", { 0: 11 - 7 / 3, 60: 2 - 7 / 3, 120: 30 - 7 / 3, 180: 4 - 7 / 3 }],
])("%s", (text, expected) => {
  expect(value(text)).toEqual(expected);
});

it.each([
  ["ANOMALY_DETECTION_BAND(m1)", /ANOMALY_DETECTION_BAND .* is not implemented/],
  ["SEARCH(m1)", /SEARCH/],
  ["m1 +", /wrong at its end/],
  ["m1 m2", /wrong at "m2"/],
  ["m1 $ m2", /cannot be read from "\$ m2" on/],
  ["FILL(m1, LINEAR)", /REPEAT/],
])("refuses %s", (text, message) => {
  expect(() => value(text)).toThrow(message);
});

/** Renders with every operation in brackets, so that reading it back needs no precedence. */
const render = (expression: Expression): string => {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "reference":
      return expression.id;
    case "binary":
      return `(${render(expression.left)} ${expression.operator} ${render(expression.right)})`;
    default:
      throw new Error(`not generated: ${expression.kind}`);
  }
};

const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.nat({ max: 99 }).map((number) => ({ kind: "number" as const, value: number })),
    fc.constantFrom("m1", "m2", "abc_9").map((id) => ({ kind: "reference" as const, id })),
    fc.record({
      kind: fc.constant("binary" as const),
      operator: fc.constantFrom("+", "-", "*", "/", "^", "==", "!=", "<", ">", "<=", ">=", "AND", "OR"),
      left: tie("tree"),
      right: tie("tree"),
    }),
  ),
}));

it("reads back what it wrote", () => {
  fc.assert(fc.property(tree, (expression) => expect(parseExpression(render(expression))).toEqual(expression)));
});

it("agrees with JavaScript on arithmetic without brackets", () => {
  const operator = fc.constantFrom("+", "-", "*");
  fc.assert(
    fc.property(fc.nat({ max: 50 }), fc.array(fc.tuple(operator, fc.nat({ max: 50 })), { maxLength: 8 }), (first, rest) => {
      const text = [first, ...rest.flat()].join(" ");
      // Products first, then sums, both from the left.
      const terms = [first];
      for (const [sign, number] of rest) {
        if (sign === "*") terms.push((terms.pop() ?? 0) * number);
        else terms.push(sign === "-" ? -number : number);
      }
      expect(value(text)).toBe(terms.reduce((a, b) => a + b, 0));
    }),
  );
});
